package dev.kawarau.sink.cassandra;

import dev.kawarau.Failure;
import dev.kawarau.Promise;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A client's request on its way to the server, and the reply that waits for it. Confined to its event loop. */
final class Trip extends Errand {
    private final Promise reply = new Promise();
    private @Nullable CqlMessage unprepared;
    private int timesUnprepared;

    Trip(CqlMessage request) {
        super(request);
    }

    Promise reply() {
        return reply;
    }

    /** The response in the client's terms: the frame as it came, but for the stream. */
    @Override
    void answer(CqlFrameHeader header, ByteBuf buffer, int offset) {
        reply.complete(response(header, buffer, offset));
    }

    CqlMessage response(CqlFrameHeader header, ByteBuf buffer, int offset) {
        int stream = request().stream();
        CqlFrameHeader.setStream(buffer, offset, stream);
        CqlFrameHeader moved =
                new CqlFrameHeader(header.version(), header.flags(), stream, header.opcode(), header.bodyBytes());
        return CqlMessage.response(request(), buffer, offset, moved);
    }

    /**
     * The server did not know a prepared statement.
     *
     * @param error what it said, in case that nothing can be done about it
     * @return false if it has said so more often than the request has statements
     */
    boolean unprepared(CqlMessage error) {
        unprepared = error;
        return ++timesUnprepared <= request().operations().size();
    }

    /** Nothing could be done about it, so the client has to prepare the statement anew. */
    void answerUnprepared() {
        if (unprepared != null) {
            reply.complete(unprepared);
        }
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
