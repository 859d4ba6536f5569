package dev.kawarau.sink.cassandra;

import dev.kawarau.Failure;
import dev.kawarau.Promise;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A client's request on its way to the server, and the reply that waits for it. Confined to its event loop. */
final class Trip extends Errand {
    /** What a request may do to the connection that it is on. */
    enum Leave {
        /** Anything: the connection is the session's, or the request is a USE of the keyspace that it is in anyway. */
        ANYTHING,
        /** Nothing, since others are on it too. */
        NOTHING
    }

    private final Promise reply = new Promise();
    private final Leave leave;
    private @Nullable Unprepared unprepared;
    private int movesBefore;
    private boolean moved;

    Trip(CqlMessage request, Leave leave) {
        super(request);
        this.leave = leave;
    }

    Promise reply() {
        return reply;
    }

    /** The response in the client's terms: the frame as it came, but for the stream. */
    @Override
    void answer(CqlFrameHeader header, ByteBuf buffer, int offset) {
        CqlMessage response = response(header, buffer, offset);
        if (leave == Leave.NOTHING && response.keyspaceSet() != null) {
            reply.fail(new Failure(
                    Failure.Kind.UNSUPPORTED,
                    "a prepared USE cannot be carried out here; send USE as a query, or name the keyspace"));
            moved = true;
        } else {
            reply.complete(response);
        }
    }

    /** A USE that nobody could see coming: it was prepared elsewhere, and only its id was sent. */
    @Override
    boolean hasMovedConnection() {
        return moved;
    }

    CqlMessage response(CqlFrameHeader header, ByteBuf buffer, int offset) {
        int stream = request().stream();
        CqlFrameHeader.setStream(buffer, offset, stream);
        CqlFrameHeader onItsStream =
                new CqlFrameHeader(header.version(), header.flags(), stream, header.opcode(), header.bodyBytes());
        return CqlMessage.response(request(), buffer, offset, onItsStream);
    }

    /** What is done about statements of it that the server has forgotten; begins when it is first asked for. */
    Unprepared unprepared() {
        Unprepared known = unprepared;
        if (known == null) {
            known = new Unprepared(this);
            unprepared = known;
        }
        return known;
    }

    /** Notes how often its connection had been moved when it was sent. */
    void sentAfter(int moves) {
        movesBefore = moves;
    }

    /**
     * Whether it would be carried out somewhere else now: a batch with texts, which belong to the keyspace that its session
     * was in. What an id stands for stays in its own.
     */
    boolean isOutOfPlace(int moves) {
        return moves != movesBefore
                && request().operations().stream().anyMatch(operation -> operation.preparedId() == null);
    }

    @Override
    void lost(String server, String because, Failure.Kind kind) {
        boolean wasSent = isSent();
        String words = "cassandra at " + server + " " + because
                + (wasSent ? "; the request may have been applied" : "; the request was not sent");
        // What was never sent is no timeout, after which nobody would dare to try again.
        Failure.Kind told = kind == Failure.Kind.TIMEOUT && !wasSent ? Failure.Kind.UNAVAILABLE : kind;
        reply.fail(new Failure(told, words, wasSent, null));
    }
}
