package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.kawarau.sink.redis.Corpus.Section;
import dev.kawarau.sink.redis.Front.Mode;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What comes back through the listener is, byte for byte, what comes back from a server without it: for every command
 * of the server, in RESP2 and RESP3, in shared and in transparent mode.
 */
final class DifferentialTest {

    /** What is compared with a direct connection. */
    private static final Front.Factory TESTED = ProxyFront::before;

    @TestFactory
    Stream<DynamicNode> scenariosAnswerAsOnADirectConnection() throws Exception {
        List<DynamicNode> nodes = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (int protocol : new int[] {2, 3}) {
                for (Corpus corpus : Corpus.all(protocol, mode)) {
                    String name = "RESP" + protocol + " " + mode + " " + corpus.name();
                    nodes.add(container(name, new Pair(corpus.options(), mode), protocol, corpus));
                }
            }
        }
        return nodes.stream();
    }

    @TestFactory
    Stream<DynamicNode> everyCommandWithTooFewTooManyAndMeaninglessArgumentsAnswersAsOnADirectConnection()
            throws Exception {
        Corpus generated;
        try (RedisServer server = RedisServer.start()) {
            generated =
                    new Corpus("generated", List.of(), CommandTable.of(server).scenarios());
        }
        List<DynamicNode> nodes = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (int protocol : new int[] {2, 3}) {
                String name = "RESP" + protocol + " " + mode;
                nodes.add(container(name, new Pair(generated.options(), mode), protocol, generated));
            }
        }
        return nodes.stream();
    }

    @Test
    void theScenariosHoldEveryCommandAndSubcommandOfTheServer() throws Exception {
        Set<String> missing;
        try (RedisServer server = RedisServer.start()) {
            missing = new TreeSet<>(CommandTable.of(server).names());
        }
        for (Corpus corpus : Corpus.all(3, Mode.TRANSPARENT)) {
            corpus.sections().stream()
                    .flatMap(section -> section.steps().stream())
                    .flatMap(step -> step.requests().stream())
                    .forEach(request -> missing.removeAll(CommandTable.namesIn(request.words())));
        }
        assertThat(missing).isEmpty();
    }

    private static DynamicNode container(String name, Pair pair, int protocol, Corpus corpus) {
        Stream<DynamicNode> tests = corpus.sections().stream()
                .map(section -> dynamicTest(section.name(), () -> pair.play(protocol, corpus.name(), section)));
        return dynamicContainer(name, tests.onClose(pair::close));
    }

    /** Two fresh servers of the same kind, one behind what is under test; started when first used. */
    private static final class Pair {

        private final List<String> options;
        private final Mode mode;
        private @Nullable Side direct;
        private @Nullable Side tested;

        Pair(List<String> options, Mode mode) {
            this.options = options;
            this.mode = mode;
        }

        void play(int protocol, String file, Section section) throws Exception {
            Side one = direct;
            Side other = tested;
            if (one == null || other == null) {
                RedisServer first = RedisServer.start(options.toArray(new String[0]));
                one = new Side("direct", first, Front.nothingBefore(first));
                direct = one;
                RedisServer second = RedisServer.start(options.toArray(new String[0]));
                other = new Side("tested", second, TESTED.before(second, mode));
                tested = other;
            }
            try {
                new Comparison(protocol, one, other).play(file, section);
            } catch (AssertionError e) {
                // What it left behind (a password, a pause) is not to fail the scenarios after it.
                close();
                throw e;
            }
        }

        void close() {
            for (Side side : new Side[] {direct, tested}) {
                if (side != null) {
                    try {
                        side.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
            direct = null;
            tested = null;
        }
    }
}
