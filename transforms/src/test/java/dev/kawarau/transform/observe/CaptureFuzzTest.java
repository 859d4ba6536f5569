package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kawarau.transform.observe.Captured.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are cut off or broken end the reading with what there is, or with words; never otherwise. */
class CaptureFuzzTest {
    private static final int RECORDS = 8;
    private static final int MUTATIONS = 3_000;

    @TempDir
    private Path directory;

    private Path path;

    @BeforeEach
    void begin() {
        path = directory.resolve("capture");
    }

    private static byte[] capture(Capture.Format format) {
        boolean raw = format == Capture.Format.RAW;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(raw ? CaptureRaw.header(Instant.EPOCH) : CaptureJson.header(Instant.EPOCH));
        for (int i = 1; i <= RECORDS; i++) {
            byte[] bytes = i % 3 == 0 ? null : ("SET k" + i + " v\r\n").getBytes(StandardCharsets.US_ASCII);
            Captured record = i == RECORDS
                    ? Captured.end(1, i, i * 10L, "RESP")
                    : new Captured(
                            1,
                            i,
                            i * 10L,
                            "RESP",
                            "WRITE",
                            "SET",
                            "0",
                            List.of("k\\x00"),
                            Status.OK,
                            "",
                            5,
                            12,
                            5,
                            bytes,
                            bytes);
            file.writeBytes(raw ? CaptureRaw.encode(record) : CaptureJson.encode(record));
        }
        return file.toByteArray();
    }

    private record Read(int records, boolean truncated) {}

    private Read read(byte[] file) throws IOException {
        Files.write(path, file);
        try (CaptureReader reader = CaptureReader.open(path)) {
            int records = 0;
            while (reader.next() != null) {
                records++;
            }
            return new Read(records, reader.isTruncated());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereverAFileIsCutOffAllBeforeIsRead(Capture.Format format) throws IOException {
        byte[] whole = capture(format);
        assertThat(read(whole)).isEqualTo(new Read(RECORDS, false));
        int header = format == Capture.Format.RAW ? CaptureRaw.HEADER : CaptureJson.header(Instant.EPOCH).length;
        int last = 0;
        for (int length = header; length < whole.length; length++) {
            Read read = read(Arrays.copyOf(whole, length));
            assertThat(read.records()).isBetween(last, last + 1);
            boolean atAnEnd = length == header || read.records() > last;
            assertThat(read.truncated()).as("at %s", length).isEqualTo(!atAnEnd);
            last = read.records();
        }
        for (int length = 0; length < header; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class).hasMessageContaining("not a capture");
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokenFilesAreToldWithTheirNameAndThePlace(Capture.Format format) {
        byte[] whole = capture(format);
        List<String> wrong = new ArrayList<>();
        int refused = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] mutated = mutated(whole, new SplittableRandom(seed));
            try {
                assertThat(read(mutated).records()).isLessThanOrEqualTo(3 * RECORDS);
            } catch (IOException expected) {
                refused++;
                if (!expected.getMessage().matches("(?s).*capture at byte \\d+: .+")) {
                    wrong.add("seed " + seed + ": " + expected);
                }
            } catch (RuntimeException | Error unexpected) {
                wrong.add("seed " + seed + ": " + unexpected);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(refused).isGreaterThan(MUTATIONS / 3);
    }

    /** Bytes that are flipped, lost, doubled, or the largest numbers there are. */
    private static byte[] mutated(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(16));
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, to, bytes.length));
                case 2 -> bytes = joined(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, at, bytes.length));
                default -> Arrays.fill(bytes, at, to, (byte) (random.nextBoolean() ? 0xff : 0x7f));
            }
        }
        return bytes;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @Test
    void aLengthIsNotBelieved() {
        byte[] file = ByteBuffer.allocate(CaptureRaw.HEADER + CaptureRaw.PREFIX)
                .put(CaptureRaw.header(Instant.EPOCH))
                .putInt(Integer.MAX_VALUE)
                .array();
        assertThatThrownBy(() -> read(file)).hasMessageEndingWith("capture at byte 16: a record of 2147483647 bytes");
    }
}
