package dev.kawarau.cql;

import dev.kawarau.cql.statement.Select;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a SELECT asks for: its body, less the time that drivers give all that they send and that a read has no use for, and
 * what its session is at.
 *
 * @param keyspace null for none
 * @param body up to the time, or all of it
 * @param rest behind the time
 */
record ReadIdentity(
        int version, CqlOpcode opcode, @Nullable String keyspace, boolean noCompact, ByteBuf body, ByteBuf rest) {
    /** Null if others cannot have the same answer. */
    static @Nullable ReadIdentity of(CqlMessage request) {
        CqlRequestOptions options = request.options();
        // Flags ask for traces, or bring a payload for the database.
        if (!request.hasSession()
                || request.header().flags() != 0
                || options == null
                || !(request.statement() instanceof Select select)
                || !Idempotence.isPlain(select)) {
            return null;
        }
        CqlState state = CqlState.of(request.session());
        if (state.saysWho()) {
            return null;
        }
        int begin = CqlFrameHeader.BYTES;
        int end = request.size();
        int time = options.timestampAt(request);
        int bodyEnd = time < 0 ? end : time - request.start();
        int restBegin = time < 0 ? end : bodyEnd + Long.BYTES;
        ByteBuf bytes = request.bytes();
        int first = bytes.readerIndex();
        return new ReadIdentity(
                request.version(),
                request.opcode(),
                state.keyspace(),
                state.isNoCompact(),
                bytes.slice(first + begin, bodyEnd - begin),
                bytes.slice(first + restBegin, end - restBegin));
    }
}
