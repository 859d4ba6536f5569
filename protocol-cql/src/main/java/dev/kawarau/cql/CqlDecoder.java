package dev.kawarau.cql;

import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.Session;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Cuts what one client sends into requests. */
final class CqlDecoder implements Protocol.RequestDecoder {
    /** What a stranger may send at once: a SASL token or the options of STARTUP, and not what is meant for a table. */
    private static final int MAX_STRANGER_BYTES = 64 << 10;

    private final Session session;
    private final CqlProtocol protocol;
    private final CqlState state;
    private final CqlFrameReader reader;

    CqlDecoder(Session session, CqlProtocol protocol, CqlFrameReader reader) {
        this.session = session;
        this.protocol = protocol;
        this.state = CqlState.of(session);
        this.reader = reader;
    }

    @Override
    public @Nullable Message decode(ByteBuf in) {
        if (!reader.read(in)) {
            return null;
        }
        CqlProtocolException unsupported = reader.unsupported();
        if (unsupported != null) {
            return new UnsupportedVersion(session, unsupported);
        }
        CqlFrameHeader header = reader.header();
        if (!state.isReady() && header.bodyBytes() > MAX_STRANGER_BYTES) {
            reader.buffer().release();
            throw new CqlProtocolException(
                    "Body of " + header.bodyBytes() + " bytes is longer than the " + MAX_STRANGER_BYTES
                            + " allowed before the connection is ready",
                    header.version(),
                    header.stream());
        }
        return new CqlMessage(session, reader.buffer(), reader.offset(), header, protocol);
    }

    @Override
    public int heldBytes() {
        return reader.heldBytes();
    }

    @Override
    public void close() {
        reader.close();
    }
}
