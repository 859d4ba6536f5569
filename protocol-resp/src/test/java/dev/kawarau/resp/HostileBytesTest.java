package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a peer sends: an answer or a {@link RespProtocolException}, within the bytes, memory and time it paid for. */
class HostileBytesTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);
    private static final byte[] HEADERS = "*$+-:_#,(!=%~>|;.?0123456789\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MEGABYTE = 1 << 20;

    @Test
    void mutatedRequestsAreFramesOrProtocolErrorsHoweverTheyArrive() {
        for (int seed = 0; seed < 20_000; seed++) {
            byte[] stream = mutated(new Random(seed), Corpus.REQUESTS);
            RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
            String whole = outcome(stream, in -> scanner.scan(in), scanner::frameLength, stream.length);
            RequestScanner again = new RequestScanner(RespLimits.DEFAULT);
            assertThat(outcome(stream, in -> again.scan(in), again::frameLength, 1))
                    .as("seed %d: %s", seed, Corpus.show(stream))
                    .isEqualTo(whole);
        }
    }

    @Test
    void mutatedRepliesAreFramesOrProtocolErrorsHoweverTheyArrive() {
        for (int seed = 0; seed < 20_000; seed++) {
            byte[] stream = mutated(new Random(seed), Corpus.REPLIES);
            ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
            String whole = outcome(stream, in -> scanner.scan(in), scanner::frameLength, stream.length);
            ReplyScanner again = new ReplyScanner(RespLimits.DEFAULT);
            assertThat(outcome(stream, in -> again.scan(in), again::frameLength, 1))
                    .as("seed %d: %s", seed, Corpus.show(stream))
                    .isEqualTo(whole);
        }
    }

    @Test
    void theReaderReadsNothingThatTheScannerDoesNotCallAFrame() {
        int read = 0;
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = mutated(random, List.of(Corpus.REPLIES.get(random.nextInt(Corpus.REPLIES.size()))));
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            try {
                READER.read(in, 0, bytes.length);
            } catch (RespProtocolException notAFrame) {
                continue;
            }
            read++;
            ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
            assertThat(scanner.scan(in) ? scanner.frameLength() : -1)
                    .as("seed %d: %s", seed, Corpus.show(bytes))
                    .isEqualTo(bytes.length);
        }
        assertThat(read).isGreaterThan(1000);
    }

    @Test
    void mutatedRequestsAreArgumentsOrProtocolErrors() {
        int read = 0;
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = mutated(random, List.of(Corpus.REQUESTS.get(random.nextInt(Corpus.REQUESTS.size()))));
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            try {
                READER.arguments(in, 0, bytes.length);
                read++;
            } catch (RespProtocolException notARequest) {
                assertThat(notARequest).hasMessageStartingWith("Protocol error: ");
            }
        }
        assertThat(read).isGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*134217728|:1|", "%134217728|", "~134217728|+a|", ">134217728|", "\\p134217728|:1|:2|",
                "$536870912|abc|", "=536870912|txt:", "!536870912|", "$?|;536870912|a", "*1|*1|*134217728|",
                "*2147483647|", "$2147483647|", "*1000000000|", "$99999999999|", "*99999999999|"
            })
    void aPromiseOfManyBytesCostsNothingUntilTheyCome(String promise) {
        byte[] bytes = Corpus.bytes(promise);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
        long allocated = allocatedBy(() -> {
            refusedOrUnfinished(() -> scanner.scan(in));
            refusedOrUnfinished(() -> {
                READER.read(in, 0, bytes.length);
                return true;
            });
        });
        assertThat(allocated).isLessThan(MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1048576|", "*1|$536870912|", "*1048576|$1|a|", "*2147483647|", "*1|$2147483647|"})
    void aRequestThatPromisesManyBytesCostsNothingUntilTheyCome(String promise) {
        byte[] bytes = Corpus.bytes(promise);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        long allocated = allocatedBy(() -> {
            refusedOrUnfinished(() -> scanner.scan(in));
            refusedOrUnfinished(() -> READER.arguments(in, 0, bytes.length).isEmpty());
        });
        assertThat(allocated).isLessThan(MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1|", "*?|", "%1|:1|", "~1|", ">1|", "\\p1|", "\\p0|", "\\p1|:1|:1|", "%?|"})
    void aDepthBombIsRefusedByScannerAndReader(String level) {
        byte[] bytes = Corpus.bytes(level.repeat(100_000));
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        assertThatThrownBy(() -> new ReplyScanner(RespLimits.DEFAULT).scan(in))
                .hasMessage("Protocol error: too deep nesting");
        assertThatThrownBy(() -> READER.read(in, 0, bytes.length)).hasMessage("Protocol error: too deep nesting");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1|$100000|%|", "%", "*2000|%", "*1|$%", "*", "$"})
    void bytesThatComeOneAtATimeAreLookedAtAFewTimesEach(String shape) {
        boolean single = shape.length() == 1;
        String filling = shape.equals("*2000|%")
                ? "$1|a|".repeat(2000)
                : (single && !shape.equals("%") ? "1" : "x").repeat(60_000);
        String request = single && !shape.equals("%") ? shape + filling : shape.replace("%", filling);
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        assertThat(looksPerByte(Corpus.bytes(request), scanner::scan)).isLessThan(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+", "(", "-", "$60000|", "$?|;60000|"})
    void repliesThatComeOneByteAtATimeAreLookedAtAFewTimesEach(String start) {
        ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
        assertThat(looksPerByte(Corpus.bytes(start + "1".repeat(60_000)), scanner::scan))
                .isLessThan(20);
    }

    @Test
    void aggregatesThatComeOneByteAtATimeAreLookedAtAFewTimesEach() {
        for (String elements : List.of(":1|", "*1|*1|+a|", "$3|abc|", "%1|:1|_|", "\\p1|:1|:1|:2|")) {
            ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
            byte[] bytes = Corpus.bytes("*10000|" + elements.repeat(9_999));
            assertThat(looksPerByte(bytes, scanner::scan)).as(elements).isLessThan(20);
        }
    }

    private static double looksPerByte(byte[] bytes, Predicate<ByteBuf> scan) {
        CountingByteBuf in = new CountingByteBuf();
        for (byte b : bytes) {
            in.writeByte(b);
            if (scan.test(in)) {
                break;
            }
        }
        in.release();
        return (double) in.looks / bytes.length;
    }

    /** What becomes of a stream: the lengths of its frames, then the error or the number of bytes left. */
    private static String outcome(byte[] stream, Predicate<ByteBuf> scan, IntSupplier length, int piece) {
        StringBuilder outcome = new StringBuilder();
        CountingByteBuf in = new CountingByteBuf();
        try {
            for (int at = 0; at < stream.length; at += piece) {
                in.writeBytes(stream, at, Math.min(piece, stream.length - at));
                while (in.isReadable() && scan.test(in)) {
                    outcome.append(length.getAsInt()).append(' ');
                    in.skipBytes(length.getAsInt());
                }
            }
            return outcome.append("left ").append(in.readableBytes()).toString();
        } catch (RespProtocolException e) {
            return outcome.append(e.getMessage()).toString();
        } finally {
            in.release();
        }
    }

    private static byte[] mutated(Random random, List<byte[]> frames) {
        byte[] bytes = Corpus.join(frames);
        if (frames.size() > 1) {
            int from = random.nextInt(frames.size());
            bytes = Corpus.join(frames.subList(from, Math.min(frames.size(), from + 1 + random.nextInt(4))));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes = mutated(random, bytes);
        }
        return bytes;
    }

    private static byte[] mutated(Random random, byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        String text = Corpus.show(bytes);
        byte b = random.nextInt(4) == 0 ? (byte) random.nextInt(256) : HEADERS[random.nextInt(HEADERS.length)];
        String with = String.valueOf((char) (b & 0xff));
        String mutant = switch (random.nextInt(5)) {
            case 0, 1 -> text.substring(0, at) + with + text.substring(at + 1);
            case 2 -> text.substring(0, at) + with + text.substring(at);
            case 3 -> text.substring(0, at) + text.substring(at + 1);
            default -> text.substring(0, at) + text.substring(random.nextInt(bytes.length));
        };
        return mutant.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void refusedOrUnfinished(BooleanSupplier attempt) {
        try {
            assertThat(attempt.getAsBoolean()).isFalse();
        } catch (RespProtocolException refused) {
            assertThat(refused).hasMessageStartingWith("Protocol error: ");
        }
    }

    private static long allocatedBy(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
