package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A name or an option of the command table, compared with bytes of a buffer without regard to ASCII case and without
 * making an object: up to 24 bytes, packed into three longs, in capitals and padded with zeros.
 */
final class CommandWord {

    static final int MAX_LENGTH = 3 * Long.BYTES;

    private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long ONES = 0x0101_0101_0101_0101L;

    final long head;
    final long middle;
    final long tail;
    final int length;

    private CommandWord(ByteBuf buffer) {
        length = buffer.readableBytes();
        head = pack(buffer, 0, length);
        middle = pack(buffer, 8, length - 8);
        tail = pack(buffer, 16, length - 16);
    }

    static CommandWord of(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH || !text.matches("[\\x21-\\x7e]*")) {
            throw new IllegalArgumentException(
                    "not 1 to " + MAX_LENGTH + " visible ASCII characters: \"" + text + "\"");
        }
        return new CommandWord(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** As servers compare options: with C's strcasecmp, for which a NUL ends the word, whatever comes after it. */
    boolean is(RespArguments arguments, int argument) {
        ByteBuf buffer = arguments.buffer();
        int start = arguments.start(argument);
        int given = arguments.length(argument);
        if (given != length && (given < length || buffer.getByte(start + length) != 0)) {
            return false;
        }
        return pack(buffer, start, length) == head
                && pack(buffer, start + 8, length - 8) == middle
                && pack(buffer, start + 16, length - 16) == tail;
    }

    /** The first 8 of {@code length} bytes (fewer if it is less, 0 if it is not positive), upper-cased. */
    static long pack(ByteBuf buffer, int start, int length) {
        if (length >= Long.BYTES) {
            return upperCase(buffer.getLongLE(start));
        }
        if (length <= 0) {
            return 0;
        }
        // What follows the word in the buffer is cut off; at the buffer's end there may not be 8 bytes to read.
        if (buffer.capacity() - start >= Long.BYTES) {
            return upperCase(buffer.getLongLE(start) & (-1L >>> (Long.SIZE - Byte.SIZE * length)));
        }
        long packed = 0;
        for (int i = length - 1; i >= 0; i--) {
            packed = (packed << Byte.SIZE) | (buffer.getByte(start + i) & 0xff);
        }
        return upperCase(packed);
    }

    /** Clears bit 0x20 of every byte from 'a' to 'z', all eight at once. */
    private static long upperCase(long bytes) {
        long low = bytes & LOW_BITS;
        long fromA = low + ONES * (0x80 - 'a');
        long afterZ = low + ONES * (0x7f - 'z');
        long letters = (fromA ^ afterZ) & ~bytes & HIGH_BITS;
        return bytes ^ (letters >>> 2);
    }
}
