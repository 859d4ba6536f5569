package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What real clients and servers said, a little wrong: the checks of the fuzz targets, without a fuzzer. The seeds are
 * always the same; {@code -Dkawarau.seed=n} begins elsewhere.
 */
class MutatedTrafficTest {
    private static final int FIRST_SEED = Integer.getInteger("kawarau.seed", 0);
    private static final Traffic REQUESTS = Traffic.requests();
    private static final Traffic REPLIES = Traffic.replies();

    @Test
    void theRecordingsAreWhole() {
        assertThat(REQUESTS.frames()).hasSizeGreaterThan(2000);
        assertThat(REPLIES.frames()).hasSizeGreaterThan(1000);
        REQUESTS.frames().forEach(RequestFuzzTest::check);
        REPLIES.frames().forEach(ReplyFuzzTest::check);
        REPLIES.frames().forEach(ValueFuzzTest::check);
    }

    @Test
    void requestsAreReadAlikeByAllOrRefusedByAll() {
        mutate(REQUESTS, 3000, RequestFuzzTest::check);
    }

    @Test
    void repliesAreReadAlikeByAllOrRefusedByAll() {
        mutate(REPLIES, 3000, ReplyFuzzTest::check);
    }

    @Test
    void valuesComeBackAsTheyWere() {
        mutate(REPLIES, 3000, ValueFuzzTest::check);
    }

    @Test
    void keysAreArguments() {
        mutate(REQUESTS, 2000, stream -> {
            for (PlainRequests.Request request : PlainRequests.of(stream).requests) {
                if (request.arguments() != null) {
                    KeysFuzzTest.check(Oracle.bytes(String.join(" ", request.arguments())));
                }
            }
        });
    }

    @Test
    void linesAreSplitAsRedisDoes() {
        mutate(REQUESTS, 2000, stream -> {
            for (PlainRequests.Request request : PlainRequests.of(stream).requests) {
                if (request.arguments() != null) {
                    InlineFuzzTest.check(Oracle.bytes(String.join(" ", request.arguments())));
                }
            }
        });
    }

    @Test
    void aListenerAnswersAndForgets() {
        try (HostileClients open = ListenerFuzzTest.open("mutated-open");
                HostileClients guarded = ListenerFuzzTest.guarded("mutated-guarded")) {
            mutate(REQUESTS, 1000, stream -> {
                open.check(stream);
                guarded.checkNumber(stream);
            });
        }
    }

    private static void mutate(Traffic traffic, int count, Consumer<byte[]> check) {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + count; seed++) {
            byte[] stream = traffic.mutated(new Random(seed));
            try {
                check.accept(stream);
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("seed " + seed + ": " + Bytes.of(stream) + ": " + failed.getMessage(), failed);
            }
        }
    }
}
