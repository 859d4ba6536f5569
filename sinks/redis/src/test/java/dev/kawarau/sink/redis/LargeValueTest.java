package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as long as Redis takes them, streamed through sockets so that this side never holds one whole. */
@Tag("large")
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class LargeValueTest extends EndpointTest {
    private static final int MEBIBYTE = 1024 * 1024;
    /** Redis's own limit, {@code proto-max-bulk-len}. */
    private static final int LONGEST = 512 * MEBIBYTE;

    @Test
    void aValueOf512MebibytesReturnsAsItWent() throws Exception {
        try (RawClient client = endpoint.raw()) {
            long sent = sendSet(client, "large:512", LONGEST);
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.call("STRLEN", "large:512")).isEqualTo(":" + LONGEST);
            client.send("GET", "large:512");
            assertThat(receiveBulk(client, LONGEST)).isEqualTo(sent);
            assertThat(client.call("DEL", "large:512")).isEqualTo(":1");
        }
    }

    @Test
    void aValueOneByteLongerIsRefusedAndOthersAreServed() throws IOException {
        try (RawClient client = endpoint.raw();
                RawClient other = endpoint.raw()) {
            client.write("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$" + (LONGEST + 1) + "\r\n");
            assertThat(client.reply()).startsWith("-ERR Protocol error").contains("bulk length");
            assertThat(client.isAtEnd()).isTrue();
            assertThat(other.call("EXISTS", "large")).isEqualTo(":0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 12, 13, 14, 15, 16, 17, 18, 20})
    void valuesAroundPowersOfTwoReturnAsTheyWent(int power) throws IOException {
        try (RawClient client = endpoint.raw()) {
            for (int length = (1 << power) - 40; length <= (1 << power) + 3; length++) {
                long sent = sendSet(client, "large:edge", length);
                client.send("GET", "large:edge");
                assertThat(client.reply()).isEqualTo("+OK");
                assertThat(receiveBulk(client, length)).as("length %d", length).isEqualTo(sent);
            }
        }
    }

    @Test
    void aHalfSentValueHoldsNobodyElse() throws IOException {
        int length = 64 * MEBIBYTE;
        Payload payload = new Payload(length);
        try (RawClient slow = endpoint.raw();
                RawClient other = endpoint.raw()) {
            slow.write("*3\r\n$3\r\nSET\r\n$10\r\nlarge:slow\r\n$" + length + "\r\n");
            payload.writeTo(slow.output(), length / 2);
            slow.output().flush();
            for (int i = 0; i < 100; i++) {
                assertThat(other.call("SET", "large:other", "v" + i)).isEqualTo("+OK");
                assertThat(other.call("GET", "large:other")).isEqualTo("$v" + i);
            }
            payload.writeTo(slow.output(), length / 2);
            slow.write("\r\n");
            assertThat(slow.reply()).isEqualTo("+OK");
            slow.send("GET", "large:slow");
            assertThat(receiveBulk(slow, length)).isEqualTo(payload.checksum());
        }
    }

    @Test
    void aReaderThatDoesNotReadHoldsNobodyElse() throws IOException {
        int length = 64 * MEBIBYTE;
        try (RawClient idle = endpoint.raw();
                RawClient other = endpoint.raw()) {
            long sent = sendSet(idle, "large:unread", length);
            assertThat(idle.reply()).isEqualTo("+OK");
            idle.send("GET", "large:unread");
            for (int i = 0; i < 100; i++) {
                assertThat(other.call("SET", "large:busy", "v" + i)).isEqualTo("+OK");
                assertThat(other.call("GET", "large:busy")).isEqualTo("$v" + i);
            }
            assertThat(receiveBulk(idle, length)).isEqualTo(sent);
        }
    }

    @Test
    void aValueWhoseSenderGoesAwayHalfwayIsNotSet() throws IOException {
        try (RawClient other = endpoint.raw()) {
            try (RawClient leaver = endpoint.raw()) {
                leaver.write("*3\r\n$3\r\nSET\r\n$11\r\nlarge:never\r\n$" + 8 * MEBIBYTE + "\r\n");
                new Payload(4 * MEBIBYTE).writeTo(leaver.output(), 4 * MEBIBYTE);
            }
            for (int i = 0; i < 10; i++) {
                assertThat(other.call("EXISTS", "large:never")).isEqualTo(":0");
                assertThat(other.call("ECHO", "e" + i)).isEqualTo("$e" + i);
            }
        }
    }

    @Test
    void largeValuesOfSeveralClientsAtOnceStayApart() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (int worker = 0; worker < 6; worker++) {
            int length = 16 * MEBIBYTE + worker;
            Thread thread = new Thread(() -> {
                String outcome = roundTrip("large:" + length, length);
                synchronized (wrong) {
                    if (!outcome.isEmpty()) {
                        wrong.add(outcome);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }

    /** Empty if all is well, else what went wrong. */
    private String roundTrip(String key, int length) {
        try (RawClient client = endpoint.raw()) {
            long sent = sendSet(client, key, length);
            String answer = client.reply();
            client.send("GET", key);
            long received = receiveBulk(client, length);
            return answer.equals("+OK") && sent == received ? "" : key + ": " + answer + ", " + sent + ", " + received;
        } catch (IOException e) {
            return key + ": " + e;
        }
    }

    /** Sends all of {@code SET key value} but waits for nothing; returns the checksum of the value. */
    private static long sendSet(RawClient client, String key, int length) throws IOException {
        Payload payload = new Payload(length);
        client.write("*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n$" + length + "\r\n");
        payload.writeTo(client.output(), length);
        client.write("\r\n");
        return payload.checksum();
    }

    private static long receiveBulk(RawClient client, int length) throws IOException {
        assertThat(client.line()).isEqualTo("$" + length);
        CRC32C checksum = new CRC32C();
        byte[] block = new byte[Payload.BLOCK];
        InputStream in = client.input();
        for (int left = length; left > 0; ) {
            int read = in.readNBytes(block, 0, Math.min(left, block.length));
            assertThat(read).as("the stream ends %d bytes early", left).isPositive();
            checksum.update(block, 0, read);
            left -= read;
        }
        assertThat(new String(in.readNBytes(2), ISO_8859_1)).isEqualTo("\r\n");
        return checksum.getValue();
    }

    /** Bytes without end, of which no two blocks are alike, and their checksum. */
    private static final class Payload {
        private static final int BLOCK = 64 * 1024;

        private final CRC32C sum = new CRC32C();
        private final byte[] block = new byte[BLOCK];
        private int blocks;

        Payload(long seed) {
            new SplittableRandom(seed).nextBytes(block);
        }

        void writeTo(OutputStream out, int length) throws IOException {
            for (int left = length; left > 0; ) {
                blocks++;
                for (int shift = 0; shift < 32; shift += 8) {
                    block[shift / 8] = (byte) (blocks >>> shift);
                }
                int size = Math.min(left, BLOCK);
                out.write(block, 0, size);
                sum.update(block, 0, size);
                left -= size;
            }
        }

        long checksum() {
            return sum.getValue();
        }
    }
}
