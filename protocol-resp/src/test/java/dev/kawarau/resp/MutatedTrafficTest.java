package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(REQUESTS.frames).hasSizeGreaterThan(2000);
        assertThat(REPLIES.frames).hasSizeGreaterThan(1000);
        REQUESTS.frames.forEach(RequestFuzzTest::check);
        REPLIES.frames.forEach(ReplyFuzzTest::check);
        REPLIES.frames.forEach(ValueFuzzTest::check);
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

    /** Recorded frames. */
    private static final class Traffic {
        private static final String BYTES = "*$+-:_#,(!=%~>|;.?0123456789\r\n\0\"'\\ \377";

        private final List<byte[]> frames = new ArrayList<>();

        static Traffic requests() {
            byte[] stream = read("traffic/requests.resp");
            return new Traffic(stream, Scanned.requests(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length));
        }

        static Traffic replies() {
            byte[] stream = read("traffic/replies.resp");
            return new Traffic(stream, Scanned.replies(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length));
        }

        private Traffic(byte[] stream, Scanned scanned) {
            for (int i = 0; i < scanned.ends().size(); i++) {
                frames.add(scanned.frame(stream, i));
            }
            Oracle.same("bytes of whole frames", Corpus.join(frames).length, stream.length);
        }

        private static byte[] read(String resource) {
            try (InputStream in = MutatedTrafficTest.class.getResourceAsStream(resource)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Some frames that follow each other, with up to four mistakes. */
        byte[] mutated(Random random) {
            int from = random.nextInt(frames.size());
            List<byte[]> some = frames.subList(from, Math.min(frames.size(), from + 1 + random.nextInt(5)));
            StringBuilder text = new StringBuilder(Oracle.text(Corpus.join(some)));
            for (int left = random.nextInt(5); left > 0; left--) {
                mutate(text, random);
            }
            return Oracle.bytes(text.toString());
        }

        private void mutate(StringBuilder text, Random random) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + 1 + random.nextInt(8));
            char b = random.nextInt(4) == 0 ? (char) random.nextInt(256) : BYTES.charAt(random.nextInt(BYTES.length()));
            switch (random.nextInt(8)) {
                case 0, 1 -> text.insert(at, b);
                case 2, 3 -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf(b));
                case 4 -> text.delete(at, to);
                case 5 -> text.insert(at, text.substring(at, to));
                case 6 -> text.insert(at, Oracle.text(frames.get(random.nextInt(frames.size()))));
                default -> text.setLength(at);
            }
        }
    }
}
