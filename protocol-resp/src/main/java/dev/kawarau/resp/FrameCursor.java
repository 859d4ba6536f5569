package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of one frame by their distance from its first byte, and the header lines in it. A contiguous buffer is
 * read through its NIO view, which the JIT compiles to plain loads; {@link ByteBuf#getByte} checks bounds and reference
 * count on every call and costs a multiple.
 */
final class FrameCursor {
    /** The line does not end within the bytes at hand. */
    static final int INCOMPLETE = -1;
    /** The line is not a number as Redis writes one, or its CR is not followed by LF. */
    static final int MALFORMED = -2;
    /** The line does not end within the longest length allowed. */
    static final int TOO_LONG = -3;

    private static final int CR_LF = '\r' << 8 | '\n';
    private static final int SHORT_LINE = 24;
    /** A type byte and nine digits, which are read without a look at limits: the answer must not depend on the reads. */
    private static final int ALWAYS_ALLOWED = 10;

    private @Nullable ByteBuf buffer;
    private @Nullable ByteBuffer nio;
    private int start;
    private int nioStart;
    private int length;

    /** How far an unfinished line was searched for its end. */
    private int searched;

    /** The number that the last {@link #number} found. */
    long number;

    /** Starts at the reader index. What was learnt of an unfinished line stays valid: it counts from the frame's start. */
    void open(ByteBuf in) {
        start = in.readerIndex();
        length = in.readableBytes();
        buffer = in;
        if (in.nioBufferCount() == 1) {
            ByteBuffer view = in.internalNioBuffer(start, length);
            if (view.order() == ByteOrder.BIG_ENDIAN) {
                nio = view;
                nioStart = view.position();
            }
        }
    }

    /** Opens bytes that others may be reading or sending at the same time, from an absolute index. */
    void openShared(ByteBuf in, int index, int bytes) {
        start = index;
        length = bytes;
        buffer = in;
        if (in.nioBufferCount() == 1) {
            nio = in.nioBuffer(index, bytes).order(ByteOrder.BIG_ENDIAN);
            nioStart = nio.position();
        }
    }

    /** Lets go of the buffer, which belongs to the caller. */
    void close() {
        buffer = null;
        nio = null;
    }

    /** Forgets the unfinished line, because another frame begins. */
    void nextFrame() {
        searched = 0;
    }

    int length() {
        return length;
    }

    byte get(int index) {
        ByteBuffer view = nio;
        return view != null ? view.get(nioStart + index) : open().getByte(start + index);
    }

    boolean crLfAt(int index) {
        ByteBuffer view = nio;
        return (view != null ? view.getShort(nioStart + index) : open().getShort(start + index)) == CR_LF;
    }

    byte[] copy(int index, int bytes) {
        byte[] copy = new byte[bytes];
        open().getBytes(start + index, copy);
        return copy;
    }

    private ByteBuf open() {
        ByteBuf in = buffer;
        if (in == null) {
            throw new IllegalStateException("no buffer is open");
        }
        return in;
    }

    /**
     * Reads {@code digits CR LF} into {@link #number}, as Redis's string2ll reads digits: no plus, no spaces, no leading
     * zeros, no minus zero.
     *
     * @return where the next line begins, or {@link #INCOMPLETE}, {@link #MALFORMED} or {@link #TOO_LONG}
     */
    int number(int from, int longest) {
        ByteBuffer view = nio;
        if (view != null && from + Long.BYTES <= length) {
            long word = view.getLong(nioStart + from);
            // Most lengths have one digit, or two, or three: no loop for those.
            int first = (int) (word >>> 56) - '0';
            if ((word >>> 40 & 0xffff) == CR_LF && isDigit(first)) {
                return found(first, from + 3);
            }
            int second = (int) (word >>> 48 & 0xff) - '0';
            if (isDigit(second) && isDigit(first) && first != 0) {
                if ((word >>> 32 & 0xffff) == CR_LF) {
                    return found(first * 10 + second, from + 4);
                }
                int third = (int) (word >>> 40 & 0xff) - '0';
                if ((word >>> 24 & 0xffff) == CR_LF && isDigit(third)) {
                    return found(first * 100 + second * 10 + third, from + 5);
                }
            }
        }
        return searched > from ? anyNumber(from, longest) : upToNineDigits(from, longest);
    }

    private static boolean isDigit(int value) {
        return value >= 0 && value <= 9;
    }

    private int found(int value, int next) {
        number = value;
        searched = 0;
        return next;
    }

    /** Longer lengths, odd ones, composite buffers, and the last bytes of a read. Nine digits fit an int. */
    private int upToNineDigits(int from, int longest) {
        int at = from;
        int end = Math.min(length - 1, from + 9);
        int value = 0;
        while (at < end && isDigit(get(at) - '0')) {
            value = value * 10 + get(at++) - '0';
        }
        boolean plain = at > from && at < length - 1 && crLfAt(at) && (at == from + 1 || get(from) != '0');
        return plain ? found(value, at + 2) : anyNumber(from, longest);
    }

    /** All that Redis takes for a number, and what is to be said about the rest. */
    private int anyNumber(int from, int longest) {
        int next = line(from, Math.max(longest, ALWAYS_ALLOWED));
        if (next < 0) {
            return next;
        }
        int end = next - 2;
        int at = from;
        boolean negative = at < end && get(at) == '-';
        if (negative) {
            at++;
        }
        int digits = end - at;
        if (digits < 1 || digits > 19 || (get(at) == '0' && (digits > 1 || negative))) {
            return MALFORMED;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = get(at) - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                return MALFORMED;
            }
            // Counted downwards, because there is one more negative number than there are positive ones.
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            return MALFORMED;
        }
        number = negative ? value : -value;
        return next;
    }

    /**
     * Finds the CR LF that ends a line of at most {@code longest} bytes; its type byte, before {@code from}, counts as
     * one of them. The result is as that of {@link #number}.
     */
    int line(int from, int longest) {
        int at = find((byte) '\r', from);
        int bytes = (at < 0 ? length : at) - from + 1;
        if (bytes > longest) {
            return TOO_LONG;
        }
        if (at < 0 || at + 1 >= length) {
            return INCOMPLETE;
        }
        searched = 0;
        return get(at + 1) == '\n' ? at + 2 : MALFORMED;
    }

    /** Finds a byte at or after {@code from}, not looking twice at what an earlier call for the same line looked at. */
    int find(byte wanted, int from) {
        int at = Math.max(from, searched);
        int near = Math.min(length, at + SHORT_LINE);
        while (at < near) {
            if (get(at) == wanted) {
                searched = at;
                return at;
            }
            at++;
        }
        if (at < length) {
            int found = open().indexOf(start + at, start + length, wanted);
            at = found < 0 ? length : found - start;
        }
        searched = at;
        return at < length ? at : -1;
    }
}
