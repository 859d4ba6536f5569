package dev.kawarau.transform.redis;

import dev.kawarau.resp.RespMessage;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A request with something put into some of its arguments: what is between is copied as it is, in one pass. Arguments are
 * named in the order in which they stand.
 */
final class PrefixedRequest {
    private static final int ROOM_FOR_HEADERS = 16;

    private final RespMessage original;
    private final ByteBuf out;
    private int copied;
    private int last;

    /**
     * Begins a request.
     *
     * @param more how many arguments will be appended
     * @param insertions about how many bytes will be put in, so that memory is taken once
     */
    PrefixedRequest(RespMessage original, int more, int insertions) {
        this.original = original;
        this.out = original.session().alloc().buffer(original.size() + insertions + ROOM_FOR_HEADERS);
        header('*', original.count() + more);
        header('$', original.length(0));
        copied = original.start(0);
    }

    /** Puts bytes into an argument, before its byte {@code at}. */
    void insert(int argument, int at, byte[] bytes) {
        if (argument <= last) {
            out.release();
            throw new IllegalStateException("argument " + argument + " of " + original + " after argument " + last);
        }
        last = argument;
        copy(original.start(argument - 1) + original.length(argument - 1) + 2);
        header('$', original.length(argument) + bytes.length);
        copied = original.start(argument);
        copy(original.start(argument) + at);
        out.writeBytes(bytes);
    }

    private void copy(int end) {
        out.writeBytes(original.buffer(), copied, end - copied);
        copied = end;
    }

    /** The request, after {@code appended} as the last arguments. */
    RespMessage end(byte[]... appended) {
        int lastArgument = original.count() - 1;
        copy(original.start(lastArgument) + original.length(lastArgument) + 2);
        for (byte[] argument : appended) {
            header('$', argument.length);
            out.writeBytes(argument).writeShort('\r' << 8 | '\n');
        }
        return RespMessage.command(original, out);
    }

    private void header(char type, int number) {
        out.writeByte(type);
        out.writeCharSequence(Integer.toString(number), StandardCharsets.US_ASCII);
        out.writeShort('\r' << 8 | '\n');
    }
}
