package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;

/**
 * Values that exist once: an id in hexadecimal digits, and bytes that follow from it. The id tells who sent the value and
 * how long it is, so that a value which is cut, mixed or somebody else's is seen.
 */
final class Payload {
    static final int MOST_CLIENTS = 30_000;

    /** The length of the id, and of the shortest payload. */
    static final int HEADER = 16;

    static final int LONGEST = (1 << 18) - 1;

    /** What a key holds that was never set. */
    static final long NIL = 0;

    /** Bytes that are no payload. */
    static final long BROKEN = -1;

    private static final int LENGTH_SHIFT = 30;
    private static final int CLIENT_SHIFT = 48;
    private static final int OFFSETS = 1 << 18;
    private static final ByteBuf filler = filler();

    private Payload() {}

    private static ByteBuf filler() {
        byte[] bytes = new byte[OFFSETS + LONGEST];
        new SplittableRandom(1).nextBytes(bytes);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
    }

    static long id(int client, int length, int sequence) {
        if (length < HEADER || length > LONGEST || sequence < 1 || sequence >>> LENGTH_SHIFT != 0) {
            throw new IllegalArgumentException("no payload of " + length + " bytes, number " + sequence);
        }
        return ((long) client << CLIENT_SHIFT) | ((long) length << LENGTH_SHIFT) | sequence;
    }

    static int length(long id) {
        return (int) (id >>> LENGTH_SHIFT) & LONGEST;
    }

    static String describe(long id) {
        if (id == NIL) {
            return "nil";
        }
        if (id == BROKEN) {
            return "a broken payload";
        }
        return "payload " + (id & ((1 << LENGTH_SHIFT) - 1)) + " of client " + (id >>> CLIENT_SHIFT) + " (" + length(id)
                + " bytes)";
    }

    /** Writes the payload as a bulk string. */
    static void write(ByteBuf out, long id) {
        int length = length(id);
        Resp.header(out, '$', length);
        for (int shift = 60; shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit((int) (id >>> shift) & 15, 16));
        }
        out.writeBytes(filler, offset(id), length - HEADER);
        out.writeByte('\r').writeByte('\n');
    }

    /** The id of the payload that these bytes are, each of them; or {@link #BROKEN}. */
    static long read(ByteBuf in, int at, int length) {
        if (length < HEADER) {
            return BROKEN;
        }
        long id = 0;
        for (int i = 0; i < HEADER; i++) {
            int digit = Character.digit(in.getByte(at + i), 16);
            if (digit < 0) {
                return BROKEN;
            }
            id = (id << 4) | digit;
        }
        boolean whole =
                length(id) == length && ByteBufUtil.equals(filler, offset(id), in, at + HEADER, length - HEADER);
        return whole ? id : BROKEN;
    }

    private static int offset(long id) {
        return (int) ((id * 0x9E3779B97F4A7C15L) >>> 40) & (OFFSETS - 1);
    }
}
