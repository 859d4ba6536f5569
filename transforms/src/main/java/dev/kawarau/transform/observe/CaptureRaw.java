package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.Captured.Status;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A capture as bytes; {@link Capture.Format#RAW} describes them. */
final class CaptureRaw {
    /** What a file begins with: four letters, the version, and when the capture began. */
    static final int HEADER = 16;

    /** What a record begins with: its length behind these, and a checksum of it. */
    static final int PREFIX = 8;

    private static final int MAGIC = 0x4b57524b; // KWRK
    private static final int VERSION = 1;
    private static final int FIXED = 5 * Long.BYTES + 3 + 2 * Integer.BYTES;
    private static final int ABSENT = -1;

    private CaptureRaw() {}

    static byte[] header(Instant began) {
        return ByteBuffer.allocate(HEADER)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putLong(began.toEpochMilli())
                .array();
    }

    static boolean isHeader(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        return header.getInt() == MAGIC && header.getInt() == VERSION;
    }

    static byte[] encode(Captured record) {
        byte[] protocol = record.protocol().getBytes(StandardCharsets.US_ASCII);
        int length = FIXED + protocol.length + size(record.request()) + size(record.response());
        ByteBuffer out = ByteBuffer.allocate(PREFIX + length);
        out.putInt(length).putInt(0);
        out.putLong(record.session()).putLong(record.number()).putLong(record.micros());
        out.putLong(record.latencyMicros()).putLong(record.responseSize());
        out.put((byte) record.status().code).put((byte) (record.changesSession() ? 1 : 0));
        out.put((byte) protocol.length).put(protocol);
        put(out, record.request());
        put(out, record.response());
        return out.putInt(Integer.BYTES, checksum(out.array(), PREFIX, length)).array();
    }

    private static int size(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void put(ByteBuffer out, byte @Nullable [] bytes) {
        out.putInt(bytes == null ? ABSENT : bytes.length);
        if (bytes != null) {
            out.put(bytes);
        }
    }

    static int checksum(byte[] bytes, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** @throws IllegalArgumentException if what stands behind a record's prefix is no record */
    static Captured decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            long session = in.getLong();
            long number = in.getLong();
            long micros = in.getLong();
            long latency = in.getLong();
            long responseSize = in.getLong();
            Status status = status(in.get());
            String kind = in.get() == 0 ? "" : "SESSION";
            byte[] protocol = bytes(in, in.get());
            byte[] request = bytes(in, in.getInt());
            byte[] response = bytes(in, in.getInt());
            if (protocol == null || in.hasRemaining()) {
                throw new IllegalArgumentException("a record that is none");
            }
            return new Captured(
                    session,
                    number,
                    micros,
                    new String(protocol, StandardCharsets.US_ASCII),
                    kind,
                    "",
                    "",
                    List.of(),
                    status,
                    "",
                    latency,
                    size(request),
                    responseSize,
                    request,
                    response);
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("a record that ends too early", tooShort);
        }
    }

    private static Status status(int code) {
        for (Status status : Status.values()) {
            if (status.code == code) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no status " + code);
    }

    private static byte @Nullable [] bytes(ByteBuffer in, int length) {
        if (length == ABSENT) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "a length of " + length + " where " + in.remaining() + " bytes are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
