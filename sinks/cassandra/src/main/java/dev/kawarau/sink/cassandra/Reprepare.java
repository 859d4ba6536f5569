package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.cql.CqlOperation;
import dev.kawarau.cql.statement.CqlStatement;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prepares statements anew that the server has forgotten, as after a restart, and sends what needed them again: the server
 * has not carried it out. Many that need one statement wait for one PREPARE. If it cannot be done, because the text is not
 * known any more, the server makes another id of it, or the session has said USE meanwhile and a batch would be carried
 * out elsewhere, the client learns what the server said. Confined to its loop.
 */
final class Reprepare {
    private final NodeConnection connection;
    private final Map<ByteBuffer, List<Trip>> underWay = new HashMap<>();

    Reprepare(NodeConnection connection) {
        this.connection = connection;
    }

    /** Whether a request carries out what has to be prepared before. */
    static boolean mayConcern(Trip trip) {
        CqlOpcode opcode = trip.request().opcode();
        return opcode == CqlOpcode.EXECUTE || opcode == CqlOpcode.BATCH;
    }

    /** Such a request has failed: prepares what it needs if that is why, and tells the client otherwise. */
    void failed(Trip trip, CqlFrameHeader header, ByteBuf buffer, int offset) {
        CqlMessage error = trip.response(header, buffer, offset);
        if (error.errorCode() != ErrorCode.UNPREPARED || !(error.content() instanceof Unprepared unprepared)) {
            trip.reply().complete(error);
            return;
        }
        CqlOperation operation = find(trip.request(), unprepared.id);
        String text = operation == null ? null : operation.text();
        if (operation == null || text == null || !trip.unprepared(error)) {
            trip.reply().complete(error);
        } else {
            prepare(ByteBuffer.wrap(unprepared.id), text, keyspace(operation), trip);
        }
    }

    private static @Nullable CqlOperation find(CqlMessage request, byte[] id) {
        for (CqlOperation operation : request.operations()) {
            ByteBuf prepared = operation.preparedId();
            if (prepared != null && prepared.nioBuffer().equals(ByteBuffer.wrap(id))) {
                return operation;
            }
        }
        return null;
    }

    /** What names without a keyspace belong to; before version 5 it is that of the connection, and cannot be told. */
    private @Nullable String keyspace(CqlOperation operation) {
        CqlStatement statement = operation.statement();
        boolean isNamed = statement != null && statement.keyspace() != null;
        return isNamed || connection.version() < 5 ? null : operation.keyspace();
    }

    private void prepare(ByteBuffer id, String text, @Nullable String keyspace, Trip trip) {
        List<Trip> waiting = underWay.get(id);
        if (waiting != null) {
            waiting.add(trip);
            return;
        }
        List<Trip> first = new ArrayList<>(List.of(trip));
        underWay.put(id, first);
        CqlMessage request = CqlMessage.of(connection.version(), new Prepare(text, keyspace));
        connection.send(new OwnErrand(request, answer -> prepared(id, answer), () -> giveUp(id)));
    }

    private void prepared(ByteBuffer id, Message answer) {
        if (answer instanceof Prepared made
                && ByteBuffer.wrap(made.preparedQueryId).equals(id)) {
            connection.home().stats().reprepared();
            List<Trip> waiting = underWay.remove(id);
            if (waiting != null) {
                waiting.forEach(this::sendAgain);
            }
        } else {
            giveUp(id);
        }
    }

    /** In the keyspace in which the client sent it, or not at all: it may have said USE since. */
    private void sendAgain(Trip trip) {
        if (trip.isOutOfPlace(connection.timesMoved())) {
            trip.answerUnprepared();
        } else {
            connection.send(trip);
        }
    }

    private void giveUp(ByteBuffer id) {
        List<Trip> waiting = underWay.remove(id);
        if (waiting != null) {
            waiting.forEach(Trip::answerUnprepared);
        }
    }
}
