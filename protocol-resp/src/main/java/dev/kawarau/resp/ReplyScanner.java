package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;

/**
 * Finds where a server's reply or push ends, without decoding it: one pass over the bytes, no object per element, no
 * recursion. It understands all of RESP2 and RESP3 (the RESP3 specification, with streamed strings {@code $?} and
 * streamed arrays, sets and maps {@code *? ~? %?}). Attributes belong to the value after them: both are one frame.
 *
 * <p>What a line holds is not judged here (whether {@code :12} is a number): it cannot move the end of a frame, and
 * {@link RespReader} judges it when somebody asks.
 *
 * <p>State between calls, threads and ownership are as those of {@link RequestScanner}.
 */
public final class ReplyScanner {
    // What a level of the stack may be waiting for; a positive number is so many more values.
    private static final int VALUES_UNTIL_END = -1;
    private static final int KEYS_UNTIL_END = -2;
    private static final int VALUE_OF_KEY = -3;
    private static final int CHUNKS_UNTIL_END = -4;

    private static final int SMALLEST_VALUE = "_\r\n".length();
    private static final int FIRST_STACK = 8;

    private final RespLimits limits;
    private final FrameCursor cursor = new FrameCursor();

    private int[] stack = new int[FIRST_STACK];
    private int depth;

    /** Where the next unread value begins; everything before it is done with. */
    private int position;

    /** A length that the frame is known to reach, so that a scan of fewer bytes need not look at any. */
    private int needed;

    private int available;
    /** Bytes of the chunks of the streamed string so far. */
    private int chunked;

    private boolean complete;
    private byte type;
    private int valueOffset;
    private int elementCount;

    public ReplyScanner(RespLimits limits) {
        this.limits = Objects.requireNonNull(limits);
        nextFrame();
    }

    /**
     * Looks for the end of the frame that begins at the reader index.
     *
     * @return true if the frame is complete; the other methods tell about it until the next call
     * @throws RespProtocolException if this is no RESP, or goes beyond the limits; the scanner is of no use afterwards
     */
    public boolean scan(ByteBuf in) {
        if (complete) {
            nextFrame();
        }
        available = in.readableBytes();
        if (available < needed) {
            return false;
        }
        cursor.open(in);
        try {
            complete = values();
            return complete;
        } finally {
            cursor.close();
        }
    }

    private void nextFrame() {
        complete = false;
        depth = 0;
        position = 0;
        needed = SMALLEST_VALUE;
        type = 0;
        valueOffset = -1;
        elementCount = -1;
        cursor.nextFrame();
    }

    private boolean values() {
        int at = position;
        do {
            if (available - at < SMALLEST_VALUE) {
                return unfinished(at + (long) SMALLEST_VALUE);
            }
            at = value(at);
            if (at < 0) {
                return false;
            }
            position = at;
        } while (depth > 0);
        if (at > limits.maxFrameBytes()) {
            throw error("too big reply");
        }
        needed = at;
        return true;
    }

    /** Reads one scalar or one header. Returns where the next one begins, or -1 if there are too few bytes. */
    private int value(int at) {
        byte kind = cursor.get(at);
        if (valueOffset < 0 && kind != '|' && onlyAttributesBefore()) {
            valueOffset = at;
            type = kind;
        }
        if (depth > 0 && stack[depth - 1] == CHUNKS_UNTIL_END && kind != ';') {
            throw error("expected ';', got '" + RespProtocolException.show(kind) + "'");
        }
        return switch (kind) {
            case '+', '-' -> scalar(at, limits.maxBulkBytes());
            case ':', ',', '(', '#', '_' -> scalar(at, limits.maxInlineBytes());
            case '$', '!', '=' -> bulk(at, kind);
            case '*', '~', '>', '%', '|' -> aggregate(at, kind);
            case ';' -> chunk(at);
            case '.' -> end(at);
            default -> throw error("unknown reply type '" + RespProtocolException.show(kind) + "'");
        };
    }

    /** True between the attributes of the frame and the value that they belong to. */
    private boolean onlyAttributesBefore() {
        for (int level = 0; level < depth; level++) {
            if (stack[level] != 1) {
                return false;
            }
        }
        return true;
    }

    private int scalar(int at, int longest) {
        int next = header(at, cursor.line(at + 1, longest), "too big line");
        if (next >= 0) {
            valueEnded();
        }
        return next;
    }

    private int bulk(int at, byte kind) {
        if (kind == '$' && streamed(at)) {
            chunked = 0;
            return push(streamHeader(at), CHUNKS_UNTIL_END);
        }
        int next = numberHeader(at);
        if (next < 0) {
            return next;
        }
        long length = cursor.number;
        if (length == -1 && kind == '$') {
            valueEnded();
            return next;
        }
        int end = payload(next, length);
        if (end >= 0) {
            valueEnded();
        }
        return end;
    }

    /** Skips a payload and its CR LF. */
    private int payload(int from, long length) {
        if (length < 0 || length > limits.maxBulkBytes()) {
            throw error("invalid bulk length");
        }
        long end = from + length + 2;
        if (end > available) {
            unfinished(end);
            return -1;
        }
        if (!cursor.crLfAt((int) end - 2)) {
            throw error("expected CRLF after bulk");
        }
        return (int) end;
    }

    private int chunk(int at) {
        if (depth == 0 || stack[depth - 1] != CHUNKS_UNTIL_END) {
            throw error("unexpected chunk of a string");
        }
        int next = numberHeader(at);
        if (next < 0) {
            return -1;
        }
        long length = cursor.number;
        if (length == 0) {
            depth--;
            valueEnded();
            return next;
        }
        if (length > limits.maxBulkBytes() - chunked) {
            throw error("invalid bulk length");
        }
        int end = payload(next, length);
        if (end >= 0) {
            chunked += (int) length;
        }
        return end;
    }

    private int aggregate(int at, byte kind) {
        boolean map = kind == '%';
        if ((map || kind == '*' || kind == '~') && streamed(at)) {
            return push(streamHeader(at), map ? KEYS_UNTIL_END : VALUES_UNTIL_END);
        }
        int next = numberHeader(at);
        if (next < 0) {
            return -1;
        }
        long count = cursor.number;
        boolean absent = count == -1 && kind == '*';
        if (!absent && (count < 0 || count > limits.maxElements())) {
            throw error("invalid multibulk length");
        }
        if (at == valueOffset) {
            elementCount = (int) count;
        }
        // The value after attributes is kept as one more element of them.
        int values = (int) (kind == '|' ? 2 * count + 1 : map ? 2 * count : count);
        if (values <= 0) {
            valueEnded();
            return next;
        }
        return push(next, values);
    }

    private int end(int at) {
        int open = depth == 0 ? 0 : stack[depth - 1];
        if (open != VALUES_UNTIL_END && open != KEYS_UNTIL_END) {
            throw error("unexpected end of an aggregate");
        }
        if (!cursor.crLfAt(at + 1)) {
            throw error("expected CRLF");
        }
        depth--;
        valueEnded();
        return at + SMALLEST_VALUE;
    }

    private boolean streamed(int at) {
        return cursor.get(at + 1) == '?';
    }

    private int streamHeader(int at) {
        int next = at + "*?\r\n".length();
        if (next > available) {
            unfinished(next);
            return -1;
        }
        if (!cursor.crLfAt(at + 2)) {
            throw error("expected CRLF");
        }
        return next;
    }

    private int numberHeader(int at) {
        return header(at, cursor.number(at + 1, limits.maxInlineBytes()), "too big length");
    }

    private int header(int at, int next, String tooLong) {
        if (next >= 0) {
            return next;
        }
        if (next == FrameCursor.INCOMPLETE) {
            unfinished(available + 1L);
            return -1;
        }
        throw error(next == FrameCursor.TOO_LONG ? tooLong : "malformed line after '" + (char) cursor.get(at) + "'");
    }

    private int push(int next, int waitingFor) {
        if (next < 0) {
            return next;
        }
        if (depth == limits.maxDepth()) {
            throw error("too deep nesting");
        }
        if (depth == stack.length) {
            stack = Arrays.copyOf(stack, Math.min(2 * depth, limits.maxDepth()));
        }
        stack[depth++] = waitingFor;
        return next;
    }

    private void valueEnded() {
        while (depth > 0) {
            int waitingFor = stack[depth - 1];
            if (waitingFor != 1) {
                stack[depth - 1] = afterValue(waitingFor);
                return;
            }
            depth--;
        }
    }

    private static int afterValue(int waitingFor) {
        return switch (waitingFor) {
            case KEYS_UNTIL_END -> VALUE_OF_KEY;
            case VALUE_OF_KEY -> KEYS_UNTIL_END;
            case VALUES_UNTIL_END -> VALUES_UNTIL_END;
            default -> waitingFor - 1;
        };
    }

    /** Notes that the frame reaches {@code end}, and that the aggregate around it has more values after that. */
    private boolean unfinished(long end) {
        int more = depth == 0 ? 0 : Math.max(0, stack[depth - 1] - 1);
        if (end + (long) more * SMALLEST_VALUE > limits.maxFrameBytes()) {
            throw error("too big reply");
        }
        needed = (int) end;
        return false;
    }

    private static RespProtocolException error(String what) {
        return new RespProtocolException("Protocol error: " + what);
    }

    /** Bytes of the complete frame, its attributes included, counted from the reader index. */
    public int frameLength() {
        return position;
    }

    /** The type byte of the value, {@code '+'} for a simple string and so on; that of the attributes is skipped. */
    public byte type() {
        return type;
    }

    /** Where the type byte of the value is, from the reader index: 0 unless there are attributes before it. */
    public int valueOffset() {
        return valueOffset;
    }

    /**
     * How many elements the aggregate says it has, or entries if it is a map; -1 if it is streamed or a null array, or if
     * the value is no aggregate.
     */
    public int elementCount() {
        return elementCount;
    }

    /**
     * How many more bytes than the last call saw are needed at least; 0 if the frame is complete. A hint to wait by. It
     * comes from the wire, so nothing may be allocated from it unasked.
     */
    public int missingBytes() {
        return Math.max(0, needed - available);
    }
}
