package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.Message;
import dev.kawarau.Failure;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** A request of the sink's own: of a handshake, or to prepare a statement anew. */
final class OwnErrand extends Errand {
    private final Consumer<Message> answered;
    private final Runnable lost;

    /**
     * An errand.
     *
     * @param answered gets the response decoded
     * @param lost runs if there is none
     */
    OwnErrand(CqlMessage request, Consumer<Message> answered, Runnable lost) {
        super(request);
        this.answered = answered;
        this.lost = lost;
    }

    /** @throws CqlProtocolException if the body is malformed, which ends the connection */
    @Override
    void answer(CqlFrameHeader header, ByteBuf buffer, int offset) {
        answered.accept(CqlCodec.decode(buffer.slice(offset, header.frameBytes())).message);
    }

    @Override
    void lost(String server, String because, Failure.Kind kind) {
        lost.run();
    }
}
