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

    /** What may have come of a frame of that before all of it is there: segments, one of them not taken apart as yet. */
    private static final int MAX_STRANGER_WAITS = 2 * MAX_STRANGER_BYTES + 2 * SegmentHeader.MAX_PAYLOAD;

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
        boolean agreed = state.hasAgreed();
        try {
            if (!reader.read(in)) {
                return waiting(in);
            }
        } catch (CqlProtocolException broken) {
            throw agreed ? broken.inVersion(state.version()) : broken;
        }
        CqlProtocolException unsupported = reader.unsupported();
        if (unsupported != null) {
            if (agreed) {
                throw unsupported.inVersion(state.version());
            }
            return new UnsupportedVersion(session, unsupported);
        }
        CqlFrameHeader header = reader.header();
        if (protocol.hasPlainFrames() && isResumed(header.opcode())) {
            state.resume(header.version());
        }
        CqlProtocolException refusal = refusal(header, agreed);
        if (refusal != null) {
            reader.buffer().release();
            throw refusal;
        }
        return new CqlMessage(session, reader.buffer(), reader.offset(), header, protocol);
    }

    /** Whether the request belongs behind a handshake that did not take place here, or not as a whole. */
    private boolean isResumed(CqlOpcode opcode) {
        return switch (opcode) {
            case OPTIONS, STARTUP, AUTH_RESPONSE -> false;
            default -> state.phase() == CqlState.Phase.NEW || state.phase() == CqlState.Phase.AUTHENTICATING;
        };
    }

    /** Nothing, as long as what is waited for may be what a stranger may send. */
    private @Nullable Message waiting(ByteBuf in) {
        if (!protocol.hasPlainFrames()
                && !state.isReady()
                && in.readableBytes() + (long) reader.heldBytes() > MAX_STRANGER_WAITS) {
            int version = state.version() == 0 ? CqlFrameHeader.version(in, in.readerIndex()) : state.version();
            boolean inSegments = state.hasAgreed() && version >= 5;
            int stream = inSegments ? 0 : in.getShort(in.readerIndex() + CqlFrameHeader.STREAM);
            throw tooLong("A frame", version, stream);
        }
        return null;
    }

    private static CqlProtocolException tooLong(String what, int version, int stream) {
        return new CqlProtocolException(
                what + " is longer than the " + MAX_STRANGER_BYTES + " bytes allowed before the connection is ready",
                version,
                stream);
    }

    /** What is wrong with a frame here; null if nothing is. */
    private @Nullable CqlProtocolException refusal(CqlFrameHeader header, boolean agreed) {
        // It would go on to a server that was told another version, on a connection that others share.
        if (agreed && header.version() != state.version()) {
            return CqlProtocolException.otherVersion(header.version(), state.version(), header.stream());
        }
        if (!state.isReady() && header.bodyBytes() > MAX_STRANGER_BYTES) {
            return tooLong("Body of " + header.bodyBytes() + " bytes", header.version(), header.stream());
        }
        return null;
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
