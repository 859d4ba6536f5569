package dev.kawarau.cql;

import dev.kawarau.Query;
import dev.kawarau.cql.statement.CqlStatement;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a request, with the values that are bound to it: that of a QUERY, EXECUTE or PREPARE, or one of those
 * of a BATCH. What it says is read when it is first asked for. Confined to the thread that has the message.
 */
public final class CqlOperation {
    private final CqlMessage request;
    private final boolean byId;
    private final int start;
    private final int length;
    private final CqlValues values;
    private @Nullable Parsed parsed;
    private @Nullable Prepared prepared;
    private boolean read;

    private CqlOperation(CqlMessage request, boolean byId, int start, int length, CqlValues values) {
        this.request = request;
        this.byId = byId;
        this.start = start;
        this.length = length;
        this.values = values;
    }

    /** What a request carries out; empty for one that carries out no statement. */
    static List<CqlOperation> of(CqlMessage request) {
        BodyCursor cursor = new BodyCursor(request);
        return switch (request.opcode()) {
            case PREPARE -> List.of(next(cursor, request, false, CqlValues.none(request)));
            case QUERY, EXECUTE -> {
                boolean byId = request.opcode() == CqlOpcode.EXECUTE;
                CqlRequestOptions options = request.options();
                CqlValues values = options == null ? CqlValues.none(request) : options.values(request);
                yield List.of(next(cursor, request, byId, values));
            }
            case BATCH -> ofBatch(cursor, request);
            default -> List.of();
        };
    }

    private static CqlOperation next(BodyCursor cursor, CqlMessage request, boolean byId, CqlValues values) {
        int length = byId ? cursor.readShort() : cursor.readInt();
        int start = cursor.at();
        cursor.skip(length);
        return new CqlOperation(request, byId, start, length, values);
    }

    private static List<CqlOperation> ofBatch(BodyCursor cursor, CqlMessage request) {
        cursor.skip(1);
        int count = cursor.readShort();
        List<CqlOperation> operations = new ArrayList<>(Math.min(count, cursor.left() / 7));
        for (int i = 0; i < count; i++) {
            boolean byId = cursor.readByte() != 0;
            int length = byId ? cursor.readShort() : cursor.readInt();
            int start = cursor.at();
            cursor.skip(length);
            int bound = cursor.readShort();
            CqlValues values = CqlValues.at(cursor, request, bound, false);
            for (int left = bound; left > 0; left--) {
                cursor.skipBytes();
            }
            operations.add(new CqlOperation(request, byId, start, length, values));
        }
        return List.copyOf(operations);
    }

    /** The text, also of what was prepared before; null if what its id stands for is not known. */
    public @Nullable String text() {
        Parsed known = parsed();
        return known == null ? null : known.text();
    }

    /** The id of a statement that was prepared before, a view of the message's memory; null if the text itself is given. */
    public @Nullable ByteBuf preparedId() {
        return byId ? request.buffer().slice(start, length).asReadOnly() : null;
    }

    /** What it says; null if it could not be parsed, or if what its id stands for is not known. */
    public @Nullable CqlStatement statement() {
        Parsed known = parsed();
        return known == null ? null : known.statement();
    }

    /** What its text, or that of its id, says; null if what its id stands for is not known. */
    @Nullable
    Parsed parsed() {
        if (!read) {
            read = true;
            read();
        }
        return parsed;
    }

    /** What its id stands for; null if that is not known, and if it has none. */
    @Nullable
    Prepared prepared() {
        return parsed() == null ? null : prepared;
    }

    private void read() {
        CqlProtocol protocol = request.protocol();
        if (byId) {
            prepared = protocol == null ? null : protocol.statements().find(request.buffer(), start, length);
            parsed = prepared == null ? null : prepared.parsed();
        } else if (protocol != null) {
            parsed = protocol.statements().parse(request.buffer(), start, length, values.count() > 0);
        } else {
            parsed = Parsed.of(request.buffer().toString(start, length, StandardCharsets.UTF_8));
        }
    }

    /** The values that are bound. */
    public CqlValues values() {
        return values;
    }

    CqlMessage request() {
        return request;
    }

    /** What it does; {@link Query.Kind#OTHER} if that is not known. */
    public Query.Kind kind() {
        CqlStatement known = statement();
        return known == null ? Query.Kind.OTHER : known.kind();
    }

    /** The keyspace that it is about, whichever way that was given; null if it is about none, or it is not known. */
    public @Nullable String keyspace() {
        CqlStatement known = statement();
        return known == null ? null : keyspaceOf(known);
    }

    /** The keyspace that a statement of this is about. */
    @Nullable
    String keyspaceOf(CqlStatement known) {
        if (known.keyspace() != null || known.table() == null) {
            return known.keyspace();
        }
        Prepared before = prepared();
        if (before != null) {
            return before.keyspace();
        }
        String option = request.keyspaceOption();
        return option != null || !request.hasSession()
                ? option
                : CqlState.of(request.session()).keyspace();
    }

    /** The table or view that it is about; null if it is about none, or it is not known. */
    public @Nullable String table() {
        CqlStatement known = statement();
        return known == null ? null : known.table();
    }
}
