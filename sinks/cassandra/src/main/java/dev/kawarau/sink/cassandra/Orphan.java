package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.request.Options;
import dev.kawarau.Failure;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import io.netty.buffer.ByteBuf;

/** Has a stream in place of an errand that nobody waits for any more. */
final class Orphan extends Errand {
    static final Orphan ORPHAN = new Orphan();

    private Orphan() {
        super(CqlMessage.of(null, Options.INSTANCE));
    }

    @Override
    void answer(CqlFrameHeader header, ByteBuf buffer, int offset) {}

    @Override
    void lost(String server, String because, Failure.Kind kind) {}
}
