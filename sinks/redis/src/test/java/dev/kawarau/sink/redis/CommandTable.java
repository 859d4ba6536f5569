package dev.kawarau.sink.redis;

import dev.kawarau.sink.redis.Corpus.Section;
import dev.kawarau.sink.redis.Step.Request;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The commands and subcommands of a live server by name ({@code client|list}), with their arity: the number of words,
 * negative if that is the least.
 */
record CommandTable(Map<String, Integer> arities) {

    /** More words than the arity asks for are tried up to this many. */
    private static final int EXTRA_WORDS = 3;

    /** Whose valid form ends, changes or holds up the connection or the server: scenarios have them. */
    private static final Set<String> ONLY_WRONG_ARITY = Set.of(
            "shutdown",
            "monitor",
            "sync",
            "psync",
            "replconf",
            "quit",
            "debug",
            "failover",
            "subscribe",
            "psubscribe",
            "ssubscribe",
            "unsubscribe",
            "punsubscribe",
            "sunsubscribe",
            "save",
            "bgsave",
            "bgrewriteaof",
            "hello",
            "pfselftest");

    /** Whose valid form tells of the moment, of this server, or of chance. */
    private static final Set<String> VOLATILE = Set.of(
            "info",
            "time",
            "lastsave",
            "lolwut",
            "role",
            "client|id",
            "client|info",
            "client|list",
            "memory|stats",
            "memory|malloc-stats",
            "acl|genpass",
            "latency|histogram",
            "cluster|myid",
            "cluster|links",
            "acl|log");

    /** Whose valid form lists things in the order of a hash table. */
    private static final Set<String> UNORDERED = Set.of("command", "command|list", "command|info", "command|docs");

    static CommandTable of(RedisServer server) throws IOException {
        Side.Connection connection = new Side.Connection(new InetSocketAddress(server.host(), server.port()));
        try {
            connection.send(Words.encode(List.of("COMMAND")));
            Map<String, Integer> arities = new TreeMap<>();
            connection.read().items().forEach(command -> add(command, arities));
            return new CommandTable(Collections.unmodifiableMap(arities));
        } finally {
            connection.close();
        }
    }

    private static void add(Frame command, Map<String, Integer> arities) {
        List<Frame> fields = command.items();
        arities.put(fields.get(0).text(), Integer.parseInt(fields.get(1).text()));
        fields.get(9).items().forEach(subcommand -> add(subcommand, arities));
    }

    Set<String> names() {
        return arities.keySet();
    }

    /** The names under which a command with these words may stand in the table. */
    static Set<String> namesIn(List<String> words) {
        if (words.isEmpty()) {
            return Set.of();
        }
        String name = words.get(0).toLowerCase(Locale.ROOT);
        return words.size() == 1
                ? Set.of(name)
                : Set.of(name, name + "|" + words.get(1).toLowerCase(Locale.ROOT));
    }

    /** One scenario a command: each wrong number of words, and right numbers of words that mean nothing. */
    List<Section> scenarios() {
        List<Section> sections = new ArrayList<>();
        List<Request> allWrong = new ArrayList<>();
        arities.forEach((name, arity) -> {
            List<Step> steps = new ArrayList<>();
            List<Request> wrong = new ArrayList<>();
            int words = name.split("\\|").length;
            for (int count = words; count <= Math.abs(arity) + EXTRA_WORDS; count++) {
                boolean valid = arity > 0 ? count == arity : count >= -arity;
                Request request = Request.of(words(name, count), valid ? normalisation(name) : Normalisation.EXACT);
                if (!valid) {
                    wrong.add(request);
                }
                if (!valid || !ONLY_WRONG_ARITY.contains(name)) {
                    steps.add(new Step(Step.Kind.SEND, 1, List.of(request), 0));
                }
            }
            for (Request request : wrong) {
                steps.add(new Step(Step.Kind.SEND, 2, inTransaction(request), 0));
            }
            allWrong.addAll(wrong);
            sections.add(new Section(name.replace('|', ' '), steps));
        });
        sections.add(new Section("all in one write", List.of(new Step(Step.Kind.SEND, 1, allWrong, 0))));
        return sections;
    }

    private static List<String> words(String name, int count) {
        List<String> words = new ArrayList<>(List.of(name.split("\\|")));
        while (words.size() < count) {
            words.add("x");
        }
        return words;
    }

    private static List<Request> inTransaction(Request request) {
        Request multi = Request.of(List.of("MULTI"), Normalisation.EXACT);
        Request exec = Request.of(List.of("EXEC"), Normalisation.EXACT);
        return List.of(multi, request, exec);
    }

    private static Normalisation normalisation(String name) {
        if (VOLATILE.contains(name)) {
            return Normalisation.of(List.of("%type"));
        }
        return UNORDERED.contains(name) ? Normalisation.of(List.of("%unordered-deep")) : Normalisation.EXACT;
    }
}
