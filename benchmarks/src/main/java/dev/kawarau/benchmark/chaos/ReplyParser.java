package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds one reply of RESP2 or RESP3 and notes its parts in the order in which they stand; knows nothing of the proxy's
 * own codec, on purpose. Not thread-safe.
 */
final class ReplyParser {
    private static final int MOST_PARTS = 64;

    private final byte[] types = new byte[MOST_PARTS];
    private final int[] starts = new int[MOST_PARTS];
    private final long[] numbers = new long[MOST_PARTS];
    private int parts;
    private int at;

    /**
     * Looks for a complete reply at the reader index and moves that behind it.
     *
     * @return false if the rest has not arrived yet; the buffer is as it was then
     * @throws IllegalStateException if it is no RESP
     */
    boolean parse(ByteBuf in) {
        at = in.readerIndex();
        parts = 0;
        for (long left = 1; left > 0; left--) {
            int more = part(in);
            if (more < 0) {
                return false;
            }
            left += more;
        }
        in.readerIndex(at);
        return true;
    }

    /** Takes one part; gives how many parts it consists of, or -1 if it is not whole. */
    private int part(ByteBuf in) {
        int end = in.indexOf(at, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            return -1;
        }
        if (parts == MOST_PARTS || end - at < 2 || in.getByte(end - 1) != '\r') {
            throw broken(in);
        }
        byte type = in.getByte(at);
        int start = at + 1;
        int me = parts++;
        types[me] = type;
        starts[me] = start;
        at = end + 1;
        switch (type) {
            case '+', '-', ',', '#', '(' -> numbers[me] = end - 1L - start;
            case ':' -> numbers[me] = number(in, start, end - 1);
            case '_' -> {
                types[me] = '$';
                numbers[me] = -1;
            }
            case '*', '>', '~' -> {
                numbers[me] = number(in, start, end - 1);
                return Math.max(0, (int) numbers[me]);
            }
            case '%' -> {
                numbers[me] = number(in, start, end - 1);
                return 2 * (int) numbers[me];
            }
            case '$', '=' -> {
                numbers[me] = number(in, start, end - 1);
                starts[me] = at;
                return numbers[me] < 0 ? 0 : body(in, (int) numbers[me]);
            }
            default -> throw broken(in);
        }
        return 0;
    }

    private int body(ByteBuf in, int length) {
        if (in.writerIndex() - at < length + 2) {
            return -1;
        }
        at += length + 2;
        if (in.getByte(at - 2) != '\r' || in.getByte(at - 1) != '\n') {
            throw broken(in);
        }
        return 0;
    }

    private static long number(ByteBuf in, int start, int end) {
        boolean negative = in.getByte(start) == '-';
        long number = 0;
        for (int i = negative ? start + 1 : start; i < end; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                throw broken(in);
            }
            number = number * 10 + digit;
        }
        return negative ? -number : number;
    }

    private static IllegalStateException broken(ByteBuf in) {
        int length = Math.min(80, in.readableBytes());
        return new IllegalStateException(
                "no RESP: " + in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1));
    }

    int parts() {
        return parts;
    }

    char type(int part) {
        return (char) types[part];
    }

    /** The integer, the length of a string (-1 for nil) or the count of an aggregate. */
    long number(int part) {
        return numbers[part];
    }

    boolean isError() {
        return types[0] == '-';
    }

    boolean isNil(int part) {
        return types[part] == '$' && numbers[part] < 0;
    }

    /** The payload that a part is, or {@link Payload#NIL} or {@link Payload#BROKEN}. */
    long payload(ByteBuf in, int part) {
        if (types[part] != '$') {
            return Payload.BROKEN;
        }
        return numbers[part] < 0 ? Payload.NIL : Payload.read(in, starts[part], (int) numbers[part]);
    }

    boolean isSimple(ByteBuf in, int part, String text) {
        return types[part] == '+' && text(in, part).equals(text);
    }

    /** The text of a string, or what stands for another part. */
    String text(ByteBuf in, int part) {
        return switch (type(part)) {
            case ':', '*', '%', '>', '~' -> Long.toString(numbers[part]);
            default ->
                numbers[part] < 0
                        ? "nil"
                        : in.toString(starts[part], (int) Math.min(200, numbers[part]), StandardCharsets.ISO_8859_1);
        };
    }

    /** All of a bulk string. */
    String wholeText(ByteBuf in, int part) {
        return in.toString(starts[part], (int) numbers[part], StandardCharsets.ISO_8859_1);
    }

    /** The whole reply in a few words that can be printed. */
    String describe(ByteBuf in) {
        String whole = parts == 1 ? "" : " of " + parts + " parts";
        String text = text(in, 0);
        return type(0) + text.substring(0, Math.min(80, text.length())).replaceAll("[^ -~]", ".") + whole;
    }
}
