package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.util.Objects;

/**
 * Finds where a client's request ends, and the few facts that route it, without decoding it: one pass over the bytes, no
 * object per argument, nothing copied.
 *
 * <pre>{@code
 * while (scanner.scan(in)) {
 *     ByteBuf request = in.readRetainedSlice(scanner.frameLength());
 *     ...
 * }
 * }</pre>
 *
 * <p>What was scanned of an unfinished request is remembered by its distance from the reader index: the buffer may grow,
 * be compacted or be replaced between calls as long as the unread bytes stay the same, and none of them is scanned
 * twice, however few arrive at a time. After a complete request the next call starts a new one at the reader index.
 *
 * <p>The framing is that of Redis 7.0 ({@code processMultibulkBuffer}, {@code processInlineBuffer}), the numbers as its
 * {@code string2ll} reads them, the errors in its words. It is stricter in one point: where Redis skips the two bytes
 * after a bulk and the byte after CR unseen, they must be CR LF, so that a proxy and a server never disagree about where
 * a request ends.
 *
 * <p>One per connection, confined to its thread. Borrows the buffer for the call, and changes no index of it. It reads
 * through {@link ByteBuf#internalNioBuffer}, so the very buffer object, unlike a slice of it, must not be waiting in an
 * outbound queue at the same time.
 */
public final class RequestScanner {
    private static final int SMALLEST_ARGUMENT = "$0\r\n\r\n".length();

    private final RespLimits limits;
    private final FrameCursor cursor = new FrameCursor();

    /** Where the next unread header line begins; everything before it is done with. */
    private int position;

    private int count;
    private int remaining;
    /** A length that the request is known to reach, so that a scan of fewer bytes need not look at any. */
    private int needed;

    private int available;
    private boolean inline;
    private boolean complete;
    private int nameOffset;
    private int nameLength;
    private int secondOffset;
    private int secondLength;

    public RequestScanner(RespLimits limits) {
        this.limits = Objects.requireNonNull(limits);
        nextFrame();
    }

    /**
     * Looks for the end of the request that begins at the reader index.
     *
     * @return true if the request is complete; the other methods tell about it until the next call
     * @throws RespProtocolException if this is no request, or one beyond the limits; the scanner is of no use afterwards
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
            complete = scanned();
            return complete;
        } finally {
            cursor.close();
        }
    }

    private void nextFrame() {
        complete = false;
        inline = false;
        position = 0;
        count = 0;
        needed = 1;
        nameOffset = -1;
        nameLength = -1;
        secondOffset = -1;
        secondLength = -1;
        cursor.nextFrame();
    }

    private boolean scanned() {
        if (inline) {
            return inlineRequest();
        }
        return position == 0 ? begin() : arguments();
    }

    private boolean begin() {
        if (cursor.get(0) != '*') {
            inline = true;
            return inlineRequest();
        }
        int next = cursor.number(1, limits.maxInlineBytes());
        if (next < 0) {
            return unfinished(next, "invalid multibulk length", "too big mbulk count string");
        }
        if (cursor.number > limits.maxArguments()) {
            throw error("invalid multibulk length");
        }
        count = (int) Math.max(0, cursor.number);
        remaining = count;
        position = next;
        return arguments();
    }

    private boolean arguments() {
        FrameCursor bytes = cursor;
        int length = available;
        int longest = limits.maxBulkBytes();
        int at = position;
        int left = remaining;
        while (left > 0) {
            int next = at < length ? argumentHeader(at) : FrameCursor.INCOMPLETE;
            if (next < 0) {
                position = at;
                remaining = left;
                expect(at + 1L, left);
                return unfinished(next, "invalid bulk length", "too big bulk count string");
            }
            if (bytes.number < 0 || bytes.number > longest) {
                throw error("invalid bulk length");
            }
            int bulk = (int) bytes.number;
            long end = (long) next + bulk + 2;
            if (end > length) {
                position = at;
                remaining = left;
                expect(end, left - 1);
                return false;
            }
            at = (int) end;
            if (!bytes.crLfAt(at - 2)) {
                throw error("expected CRLF after bulk");
            }
            if (left > count - 2) {
                remember(left, next, bulk);
            }
            left--;
        }
        position = at;
        remaining = 0;
        return ended(at);
    }

    private int argumentHeader(int at) {
        byte type = cursor.get(at);
        if (type != '$') {
            throw error("expected '$', got '" + RespProtocolException.show(type) + "'");
        }
        return cursor.number(at + 1, limits.maxInlineBytes());
    }

    private void remember(int left, int offset, int length) {
        if (left == count) {
            nameOffset = offset;
            nameLength = length;
        } else {
            secondOffset = offset;
            secondLength = length;
        }
    }

    private boolean inlineRequest() {
        int end = cursor.find((byte) '\n', 0);
        if ((end < 0 ? available : end) > limits.maxInlineBytes()) {
            throw error("too big inline request");
        }
        if (end < 0) {
            needed = available + 1;
            return false;
        }
        boolean empty = end == 0 || (end == 1 && cursor.get(0) == '\r');
        count = empty ? 0 : -1;
        position = end + 1;
        return ended(position);
    }

    private boolean ended(int length) {
        if (length > limits.maxFrameBytes()) {
            throw error("too big request");
        }
        needed = length;
        return true;
    }

    /** Notes that the frame reaches {@code end} and has more arguments after that, of whatever length. */
    private void expect(long end, int more) {
        long least = end + (long) more * SMALLEST_ARGUMENT;
        if (least > limits.maxFrameBytes()) {
            throw error("too big request");
        }
        needed = (int) end;
    }

    private boolean unfinished(int why, String malformed, String tooLong) {
        if (why == FrameCursor.INCOMPLETE) {
            needed = Math.max(needed, available + 1);
            return false;
        }
        throw error(why == FrameCursor.TOO_LONG ? tooLong : malformed);
    }

    private static RespProtocolException error(String what) {
        return new RespProtocolException("Protocol error: " + what);
    }

    /** Bytes of the complete request, counted from the reader index. */
    public int frameLength() {
        return position;
    }

    /** Whether the complete request is one line of text, for {@link InlineParser}, rather than an array of bulks. */
    public boolean inline() {
        return inline;
    }

    /**
     * Arguments of the complete request, its name included. Zero if the request is empty, as Redis allows: it is skipped
     * and gets no reply. -1 if it is an inline request that has yet to be parsed, which may find no argument either.
     */
    public int argumentCount() {
        return count;
    }

    /** Where the payload of the first argument begins, from the reader index; -1 if inline or empty. */
    public int nameOffset() {
        return nameOffset;
    }

    /** Bytes of the first argument; -1 if inline or empty. */
    public int nameLength() {
        return nameLength;
    }

    /** Where the payload of the second argument begins, from the reader index; -1 if inline or there is none. */
    public int secondOffset() {
        return secondOffset;
    }

    /** Bytes of the second argument; -1 if inline or there is none. */
    public int secondLength() {
        return secondLength;
    }

    /**
     * How many more bytes than the last call saw are needed at least; 0 if the request is complete. A hint to wait by.
     * It comes from the wire, so nothing may be allocated from it unasked: a peer may promise 512 MiB and send none.
     */
    public int missingBytes() {
        return Math.max(0, needed - available);
    }
}
