package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Decodes complete frames, as {@link RequestScanner} and {@link ReplyScanner} find them, to values that hold no buffer.
 * Memory is bounded by the bytes of the frame, whatever counts and lengths it claims. Immutable, for any thread.
 */
public final class RespReader {
    private static final int SMALLEST_ARGUMENT = "$0\r\n\r\n".length();

    private final RespLimits limits;

    public RespReader(RespLimits limits) {
        this.limits = Objects.requireNonNull(limits);
    }

    /**
     * Decodes one value, its attributes included, from a request (an array of bulks) or a reply. Borrows the buffer and
     * changes none of its indexes.
     *
     * @param start absolute index of the first byte
     * @param end absolute index after the last byte
     * @throws RespProtocolException if these bytes are not exactly one value within the limits
     */
    public RespValue read(ByteBuf in, int start, int end) {
        FrameCursor cursor = new FrameCursor();
        cursor.openShared(in, start, end - start);
        return new RespValueParser(cursor, limits).frame();
    }

    /**
     * Decodes the arguments of one request, its name first, from an array of bulks or an inline request. Borrows the
     * buffer and changes none of its indexes.
     *
     * @param start absolute index of the first byte
     * @param end absolute index after the last byte, the line end of an inline request included
     * @return a list of its own, empty if the request is
     * @throws RespProtocolException if these bytes are not exactly one request within the limits
     */
    public List<byte[]> arguments(ByteBuf in, int start, int end) {
        if (start < end && in.getByte(start) != '*') {
            if (end - start > limits.maxInlineBytes() + 2) {
                throw error("too big inline request");
            }
            if (in.indexOf(start, end, (byte) '\n') != end - 1) {
                throw error("not one request");
            }
            return InlineParser.parse(in, start, end);
        }
        RequestScanner scanner = new RequestScanner(limits);
        ByteBuf frame = in.slice(start, end - start);
        if (!scanner.scan(frame) || scanner.frameLength() != end - start) {
            throw error("not one request");
        }
        return bulks(frame, scanner.argumentCount());
    }

    private static List<byte[]> bulks(ByteBuf frame, int count) {
        FrameCursor cursor = new FrameCursor();
        cursor.openShared(frame, 0, frame.readableBytes());
        // The scanner has seen all of them, so this is no promise of the wire any more.
        List<byte[]> arguments = new ArrayList<>(Math.min(count, cursor.length() / SMALLEST_ARGUMENT));
        int at = cursor.number(1, Integer.MAX_VALUE);
        for (int i = 0; i < count; i++) {
            at = cursor.number(at + 1, Integer.MAX_VALUE);
            byte[] argument = cursor.copy(at, (int) cursor.number);
            arguments.add(argument);
            at += argument.length + 2;
        }
        return arguments;
    }

    private static RespProtocolException error(String what) {
        return new RespProtocolException("Protocol error: " + what);
    }
}
