package dev.kawarau.transform.observe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of a capture, of either format, one record after the other. The file may be anything: nothing is allocated
 * that it does not have the bytes for. Confined to one thread.
 */
final class CaptureReader implements Closeable {
    /** The longest message whose bytes are kept. */
    static final int MOST_OF_A_MESSAGE = 32 << 20;

    /** The longest record: two such messages in base64, and what is told of them. */
    static final int MOST_OF_A_RECORD = 2 * (MOST_OF_A_MESSAGE / 3 * 4 + 4) + (1 << 20);

    private static final int BUFFER = 64 << 10;

    private final Path path;
    private final InputStream in;
    private final boolean raw;
    private final long size;
    private long offset;
    private boolean truncated;

    private CaptureReader(Path path, InputStream in, long size, boolean raw) {
        this.path = path;
        this.in = in;
        this.size = size;
        this.raw = raw;
    }

    /** @throws IOException if the file cannot be read, or is no capture */
    static CaptureReader open(Path path) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER);
        try {
            in.mark(1);
            boolean raw = in.read() != '{';
            in.reset();
            CaptureReader reader = new CaptureReader(path, in, Files.size(path), raw);
            reader.readHeader();
            return reader;
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    private void readHeader() throws IOException {
        if (raw) {
            byte[] header = in.readNBytes(CaptureRaw.HEADER);
            if (header.length < CaptureRaw.HEADER || !CaptureRaw.isHeader(header)) {
                throw wrong("not a capture, or one of a version that is not known", null);
            }
            offset = header.length;
        } else {
            byte[] line = line();
            if (line == null) {
                throw wrong("not a capture: the first line does not end", null);
            }
            try {
                CaptureJson.checkHeader(line);
            } catch (IllegalArgumentException none) {
                throw wrong(none.getMessage(), none);
            }
            offset = line.length + 1L;
        }
    }

    /**
     * The next record; null at the end.
     *
     * @throws IOException if the file cannot be read, or what comes is no record; the message names the file and the offset
     */
    @Nullable
    Captured next() throws IOException {
        try {
            return raw ? nextRaw() : nextLine();
        } catch (IllegalArgumentException malformed) {
            throw wrong(malformed.getMessage(), malformed);
        }
    }

    /** Whether the last record is not whole, as whoever wrote it was cut off. */
    boolean isTruncated() {
        return truncated;
    }

    private @Nullable Captured nextRaw() throws IOException {
        byte[] prefix = in.readNBytes(CaptureRaw.PREFIX);
        if (prefix.length < CaptureRaw.PREFIX) {
            truncated = prefix.length > 0;
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(prefix);
        int length = fields.getInt();
        if (length < 0 || length > MOST_OF_A_RECORD) {
            throw wrong("a record of " + length + " bytes", null);
        }
        if (length > size - offset - CaptureRaw.PREFIX) {
            truncated = true;
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            truncated = true;
            return null;
        }
        if (CaptureRaw.checksum(bytes, 0, length) != fields.getInt()) {
            throw wrong("a record whose checksum is another", null);
        }
        Captured record = CaptureRaw.decode(bytes);
        offset += CaptureRaw.PREFIX + length;
        return record;
    }

    private @Nullable Captured nextLine() throws IOException {
        byte[] line = line();
        if (line == null) {
            return null;
        }
        Captured record = CaptureJson.decode(line);
        offset += line.length + 1L;
        return record;
    }

    /** A line without its end; null if there is none that ends. */
    private byte @Nullable [] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                truncated = line.size() > 0;
                return null;
            }
            if (line.size() == MOST_OF_A_RECORD) {
                throw wrong("a line of more than " + MOST_OF_A_RECORD + " bytes", null);
            }
            line.write(c);
        }
        return line.toByteArray();
    }

    private IOException wrong(@Nullable String what, @Nullable Throwable cause) {
        return new IOException(path + " at byte " + offset + ": " + what, cause);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
