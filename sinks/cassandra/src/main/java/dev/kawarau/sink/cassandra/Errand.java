package dev.kawarau.sink.cassandra;

import dev.kawarau.Failure;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request that is sent to the server on a stream of its own: a client's, or one of the sink's own. Waits in one list of
 * its connection at a time, in the order of deadlines. Confined to its event loop.
 */
abstract class Errand {
    private static final int UNSENT = -1;

    private final CqlMessage request;
    private int stream = UNSENT;
    private long number;
    long deadlineNanos;

    @Nullable
    Errand previous;

    @Nullable
    Errand next;

    Errand(CqlMessage request) {
        this.request = request;
    }

    CqlMessage request() {
        return request;
    }

    /** The stream of the connection that it is on; negative before it was sent. */
    int stream() {
        return stream;
    }

    /** Which it is of all that its connection has sent, the last time that it was sent. */
    long number() {
        return number;
    }

    void sentOn(int taken, long count) {
        stream = taken;
        number = count;
    }

    /** The server has said that it did nothing about it, as if it had not been sent. */
    void takeBack() {
        stream = UNSENT;
    }

    boolean isSent() {
        return stream != UNSENT;
    }

    /**
     * The server has answered.
     *
     * @param buffer borrowed; the frame in it may be changed
     */
    abstract void answer(CqlFrameHeader header, ByteBuf buffer, int offset);

    /** Whether it has left the connection in another keyspace, so that nobody else may be on it. */
    boolean hasMovedConnection() {
        return false;
    }

    /** It will not. */
    abstract void lost(String server, String because, Failure.Kind kind);
}
