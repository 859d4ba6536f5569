package dev.kawarau.cql;

import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.wire.Outbound;
import org.jspecify.annotations.Nullable;

/**
 * Writes what goes to one client, on the stream of the request that it answers, and takes note of what an answer changes:
 * how the bytes that follow are framed, the keyspace, and which statement a prepared id stands for.
 */
final class CqlEncoder implements Protocol.ResponseEncoder {
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
        CqlMessage spoken = state.version() == 0 ? message : message.inVersion(state.version());
        if (request instanceof CqlMessage asked) {
            spoken.writeTo(writer, asked.stream(), out);
            answered(asked, spoken);
        } else {
            spoken.writeTo(writer, spoken.stream(), out);
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
                    protocol.statements().learn(request, response, state.keyspace());
                }
            }
            case QUERY, EXECUTE -> {
                String keyspace = response.opcode() == CqlOpcode.RESULT ? response.keyspaceSet() : null;
                if (keyspace != null) {
                    state.keyspace(keyspace);
                }
            }
            default -> {}
        }
    }

    /** The answer to STARTUP is the last frame without compression and segments (v5, section 2.3.1). */
    private void started(CqlMessage request, CqlMessage response) {
        if (state.phase() != CqlState.Phase.STARTING) {
            return;
        }
        switch (response.opcode()) {
            case READY -> state.phase(CqlState.Phase.READY);
            case AUTHENTICATE -> state.phase(CqlState.Phase.AUTHENTICATING);
            default -> {
                state.phase(CqlState.Phase.NEW);
                return;
            }
        }
        boolean segments = request.version() >= 5;
        reader.begin(state.compression(), segments);
        writer.begin(state.compression(), segments);
    }
}
