package dev.kawarau.sink.redis;

import dev.kawarau.Session;
import dev.kawarau.resp.RespMessage;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The confirmations of one (UN)SUBSCRIBE while they come in. */
final class Confirmations {
    private final Session session;
    private int left;
    private @Nullable ByteBuf whole;

    Confirmations(Session session, int expected) {
        this.session = session;
        this.left = expected;
    }

    /** Whether that was the last one. */
    boolean add(ByteBuf buffer, int offset, int length) {
        if (whole == null) {
            whole = session.alloc().buffer();
        }
        whole.writeBytes(buffer, offset, length);
        return --left == 0;
    }

    /** All of them, as the one reply to their request. */
    RespMessage response(RespMessage request) {
        ByteBuf all = Objects.requireNonNull(whole);
        try {
            return RespMessage.response(request, all, 0, all.readableBytes());
        } finally {
            release();
        }
    }

    void release() {
        if (whole != null) {
            whole.release();
            whole = null;
        }
    }
}
