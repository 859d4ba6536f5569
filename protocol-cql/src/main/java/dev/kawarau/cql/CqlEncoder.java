package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.wire.Outbound;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what goes to one client, on the stream of the request that it answers, and takes note of what an answer changes:
 * how the bytes that follow are framed, the keyspace, and which statement a prepared id stands for.
 */
final class CqlEncoder implements Protocol.ResponseEncoder {
    private static final Logger log = LoggerFactory.getLogger(CqlEncoder.class);

    private final CqlProtocol protocol;
    private final CqlState state;
    private final CqlFrameReader reader;
    private final CqlFrameWriter writer;

    CqlEncoder(CqlProtocol protocol, CqlState state, CqlFrameReader reader, CqlFrameWriter writer) {
        this.protocol = protocol;
        this.state = state;
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public void write(@Nullable Message request, Message response, Outbound out) {
        if (!(response instanceof CqlMessage message)) {
            response.writeTo(out);
            return;
        }
        if (request instanceof CqlMessage asked) {
            CqlMessage spoken = spoken(message, asked);
            spoken.writeTo(writer, asked.stream(), out);
            try {
                answered(asked, spoken);
            } catch (Failure malformed) {
                log.debug("the client is told what is not understood here: {}", malformed.getMessage());
            }
        } else {
            CqlMessage spoken = state.version() == 0 ? message : message.inVersion(state.version());
            spoken.writeTo(writer, spoken.stream(), out);
        }
    }

    /** Before the handshake is over, a client may ask in any version, and is answered in that. */
    private CqlMessage spoken(CqlMessage response, CqlMessage asked) {
        int version = state.hasAgreed() ? state.version() : asked.version();
        try {
            return response.inVersion(version);
        } catch (RuntimeException notInThatVersion) {
            log.error("{} cannot be said in version {}", response, version, notInThatVersion);
            String words = "a response cannot be said in version " + version;
            return CqlMessage.error(asked, ErrorCode.SERVER_ERROR, words).inVersion(version);
        }
    }

    private void answered(CqlMessage request, CqlMessage response) {
        switch (request.opcode()) {
            case STARTUP -> started(request, response);
            case AUTH_RESPONSE -> {
                if (response.opcode() == CqlOpcode.AUTH_SUCCESS) {
                    state.phase(CqlState.Phase.READY);
                }
            }
            case PREPARE -> {
                if (response.opcode() == CqlOpcode.RESULT) {
                    protocol.statements().learn(request, response);
                }
            }
            case QUERY, EXECUTE -> {
                String keyspace = response.keyspaceSet();
                if (keyspace != null) {
                    state.keyspace(keyspace);
                }
            }
            default -> {}
        }
    }

    /** The answer to STARTUP is the last frame without compression and segments (v5, section 2.3.1). */
    private void started(CqlMessage request, CqlMessage response) {
        if (!state.isStartup(request)) {
            return;
        }
        switch (response.opcode()) {
            case READY -> state.started(CqlState.Phase.READY);
            case AUTHENTICATE -> state.started(CqlState.Phase.AUTHENTICATING);
            default -> {
                state.started(CqlState.Phase.NEW);
                return;
            }
        }
        if (protocol.hasPlainFrames()) {
            return;
        }
        boolean segments = request.version() >= 5;
        reader.begin(state.compression(), segments);
        writer.begin(state.compression(), segments);
    }
}
