package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Prepare;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares statements anew that the server has forgotten, as after a restart, and sends what needed them again: the server
 * has not carried it out. Many that need one statement wait for one PREPARE, and those whose error comes after it need no
 * other. If it cannot be done, because the text is not known any more, the server makes another id of it, or the session has
 * said USE meanwhile and a batch would be carried out elsewhere, the client learns what the server said. Confined to its
 * loop.
 */
final class Reprepare {
    /** A server that has forgotten everything names one statement of a batch at a time; so many more are prepared with it. */
    private static final int MOST_OTHERS = 64;

    /** What is forgotten here costs a PREPARE more. */
    private static final int MOST_DONE = 1_024;

    /** For what was not prepared anew here. */
    private static final long NEVER = -1;

    /** A statement to prepare, and where its text is. */
    private record Missing(ByteBuffer id, CqlOperation operation) {}

    private final NodeConnection connection;
    private final Map<ByteBuffer, List<Unprepared>> underWay = new HashMap<>();

    /** The number of the last errand that was sent before a statement was prepared; the oldest first. */
    private final LinkedHashMap<ByteBuffer, Long> done = new LinkedHashMap<>();

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
        if (error.errorCode() != ErrorCode.UNPREPARED
                || !(error.content() instanceof com.datastax.oss.protocol.internal.response.error.Unprepared said)) {
            trip.reply().complete(error);
            return;
        }
        ByteBuffer id = ByteBuffer.wrap(said.id);
        CqlOperation operation = find(trip.request(), id);
        Unprepared unprepared = trip.unprepared();
        boolean late = isDoneSince(id, trip.number());
        if (operation == null || operation.text() == null || !unprepared.again(id, error, late)) {
            trip.reply().complete(error);
            return;
        }
        List<Missing> missing = new ArrayList<>();
        if (!late) {
            missing.add(new Missing(id, operation));
        }
        if (unprepared.mayNeedOthers()) {
            addOthers(missing, id, late ? NEVER : done.getOrDefault(id, NEVER), unprepared);
        }
        if (missing.isEmpty()) {
            sendAgain(unprepared);
            return;
        }
        // All at first, since the connection may be lost with the first that is sent.
        missing.forEach(each -> unprepared.await(each.id()));
        missing.forEach(each -> prepare(each, unprepared));
    }

    private static @Nullable CqlOperation find(CqlMessage request, ByteBuffer id) {
        for (CqlOperation operation : request.operations()) {
            ByteBuf prepared = operation.preparedId();
            if (prepared != null && prepared.nioBuffer().equals(id)) {
                return operation;
            }
        }
        return null;
    }

    /** Whether a statement was prepared after an errand of that number was sent. */
    private boolean isDoneSince(ByteBuffer id, long number) {
        Long last = done.get(id);
        return last != null && number <= last;
    }

    /** What was prepared later than the named one is most likely known: servers forget what they have of a table together. */
    private void addOthers(List<Missing> missing, ByteBuffer named, long preparedBefore, Unprepared unprepared) {
        Set<ByteBuffer> added = new HashSet<>(Set.of(named));
        for (CqlOperation operation : unprepared.trip().request().operations()) {
            ByteBuf prepared = operation.preparedId();
            ByteBuffer id = prepared == null ? null : prepared.nioBuffer();
            if (id != null
                    && !unprepared.had(id)
                    && !isDoneSince(id, unprepared.since())
                    && done.getOrDefault(id, NEVER) <= preparedBefore
                    && operation.text() != null
                    && added.add(id)) {
                missing.add(new Missing(copy(id), operation));
            }
            if (missing.size() > MOST_OTHERS) {
                return;
            }
        }
    }

    /** The message is gone before the statement is prepared. */
    private static ByteBuffer copy(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.get(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private void prepare(Missing missing, Unprepared unprepared) {
        ByteBuffer id = missing.id();
        List<Unprepared> waiting = underWay.get(id);
        if (waiting != null) {
            waiting.add(unprepared);
            return;
        }
        underWay.put(id, new ArrayList<>(List.of(unprepared)));
        Prepare again = new Prepare(String.valueOf(missing.operation().text()), keyspace(missing.operation()));
        connection.sendAhead(new OwnErrand(
                CqlMessage.of(connection.version(), again), answer -> prepared(id, answer), () -> settle(id, false)));
    }

    /** What names without a keyspace belong to; before version 5 it is that of the connection, and cannot be told. */
    private @Nullable String keyspace(CqlOperation operation) {
        CqlStatement statement = operation.statement();
        boolean isNamed = statement != null && statement.keyspace() != null;
        return isNamed || connection.version() < 5 ? null : operation.keyspace();
    }

    private void prepared(ByteBuffer id, Message answer) {
        boolean isSame = answer instanceof Prepared made
                && ByteBuffer.wrap(made.preparedQueryId).equals(id);
        if (isSame) {
            connection.home().stats().reprepared();
            remember(id);
        }
        settle(id, isSame);
    }

    private void remember(ByteBuffer id) {
        done.remove(id);
        if (done.size() == MOST_DONE) {
            done.remove(done.keySet().iterator().next());
        }
        done.put(id, connection.count());
    }

    private void settle(ByteBuffer id, boolean isPrepared) {
        List<Unprepared> waiting = underWay.remove(id);
        if (waiting == null) {
            return;
        }
        for (Unprepared each : waiting) {
            each.settled(id, isPrepared);
            if (each.isAwaiting()) {
                continue;
            }
            if (each.isHopeless()) {
                each.tellClient();
            } else {
                sendAgain(each);
            }
        }
    }

    /** In the keyspace in which the client sent it, or not at all: it may have said USE since. */
    private void sendAgain(Unprepared unprepared) {
        if (unprepared.trip().isOutOfPlace(connection.timesMoved())) {
            unprepared.tellClient();
        } else {
            connection.send(unprepared.trip());
        }
    }
}
