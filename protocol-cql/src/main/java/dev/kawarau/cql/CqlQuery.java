package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.protocol.internal.ProtocolConstants.BatchType;
import dev.kawarau.Query;
import dev.kawarau.cql.statement.Batch;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.cql.statement.RoleStatement;
import dev.kawarau.cql.statement.Select;
import dev.kawarau.cql.statement.Selector;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The protocol-neutral picture of a CQL request. */
final class CqlQuery implements Query {
    private final CqlMessage request;
    private @Nullable List<ByteBuf> keys;
    private boolean keysKnown;

    CqlQuery(CqlMessage request) {
        this.request = request;
    }

    @Override
    public Kind kind() {
        return switch (request.opcode()) {
            case QUERY, EXECUTE -> request.operations().get(0).kind();
            case BATCH -> isConditional() ? Kind.READ_WRITE : Kind.WRITE;
            case REGISTER -> Kind.PUBSUB;
            default -> Kind.SESSION;
        };
    }

    @Override
    public Trace trace() {
        return switch (request.opcode()) {
            case PREPARE -> Trace.STATEMENT;
            case STARTUP -> Trace.CARRIED;
            case QUERY, EXECUTE -> kind() == Kind.SESSION ? Trace.CARRIED : Trace.NONE;
            default -> Trace.NONE;
        };
    }

    /** Servers take nothing but writes in a batch; only one that is conditional has an answer that reads. */
    private boolean isConditional() {
        return request.operations().stream().anyMatch(operation -> operation.kind() == Kind.READ_WRITE);
    }

    /** What tells who the client is, what is about roles and users, and what cannot be parsed and so may be either. */
    @Override
    public boolean isConfidential() {
        return switch (request.opcode()) {
            case AUTH_RESPONSE -> true;
            case QUERY, PREPARE, EXECUTE, BATCH -> request.operations().stream().anyMatch(CqlQuery::isConfidential);
            default -> false;
        };
    }

    private static boolean isConfidential(CqlOperation operation) {
        CqlStatement statement = operation.statement();
        return statement instanceof RoleStatement || (statement == null && operation.preparedId() == null);
    }

    @Override
    public String operation() {
        return switch (request.opcode()) {
            case QUERY, EXECUTE -> {
                CqlStatement statement = request.statement();
                yield statement == null ? request.opcode().name() : statement.operation();
            }
            default -> request.opcode().name();
        };
    }

    /** {@code keyspace.table}; of a BATCH, what all of it is about. */
    @Override
    public String namespace() {
        String common = null;
        for (CqlOperation operation : request.operations()) {
            String name = namespace(operation);
            if (common != null && !common.equals(name)) {
                return "";
            }
            common = name;
        }
        return common == null ? "" : common;
    }

    private static String namespace(CqlOperation operation) {
        String keyspace = operation.keyspace();
        String table = operation.table();
        if (keyspace == null) {
            return table == null ? "" : table;
        }
        return table == null ? keyspace : keyspace + '.' + table;
    }

    @Override
    public List<ByteBuf> keys() {
        return known();
    }

    @Override
    public boolean keysKnown() {
        known();
        return keysKnown;
    }

    private List<ByteBuf> known() {
        List<ByteBuf> found = keys;
        if (found == null) {
            found = find();
            keys = found;
        }
        return found;
    }

    private List<ByteBuf> find() {
        keysKnown = true;
        KeyBudget budget = new KeyBudget();
        List<Touch> touches = touches();
        if (touches.size() == 1) {
            List<ByteBuf> found = keys(touches.get(0), budget);
            return Collections.unmodifiableList(found);
        }
        // Not by their own hash: whoever sends the keys could make it the same for all of them.
        Map<ContentKey, ByteBuf> distinct = new LinkedHashMap<>();
        for (Touch touch : touches) {
            for (ByteBuf key : keys(touch, budget)) {
                distinct.putIfAbsent(ContentKey.at(key, key.readerIndex(), key.readableBytes()), key);
            }
        }
        return List.copyOf(distinct.values());
    }

    private List<ByteBuf> keys(Touch touch, KeyBudget budget) {
        List<ByteBuf> found = touch.plan().keys(touch.bound(), budget);
        keysKnown &= found != null;
        return found == null ? List.of() : found;
    }

    @Override
    public int statements() {
        int statements = 0;
        for (CqlOperation operation : request.operations()) {
            statements += operation.statement() instanceof Batch batch
                    ? batch.statements().size()
                    : 1;
        }
        return Math.max(1, statements);
    }

    /**
     * That of what it carries out, all of it. Preparing may be repeated too, and asking for options. Drivers send the time of
     * a write with it, so that one that is repeated does not undo what others wrote in between; without that it does.
     */
    @Override
    public boolean isIdempotent() {
        return switch (request.opcode()) {
            case PREPARE, OPTIONS -> true;
            case QUERY, EXECUTE -> request.operations().stream().allMatch(CqlQuery::isIdempotent);
            case BATCH -> !isOfCounters() && request.operations().stream().allMatch(CqlQuery::isIdempotent);
            default -> false;
        };
    }

    @Override
    public @Nullable Object identity() {
        return kind() == Kind.READ ? ReadIdentity.of(request) : null;
    }

    private boolean isOfCounters() {
        return new BodyCursor(request).readByte() == BatchType.COUNTER;
    }

    private static boolean isIdempotent(CqlOperation operation) {
        CqlStatement statement = operation.statement();
        if (statement instanceof Batch batch) {
            return batch.type() != Batch.Type.COUNTER
                    && batch.statements().stream().allMatch(part -> isIdempotent(operation, part));
        }
        return statement != null && isIdempotent(operation, statement);
    }

    private static boolean isIdempotent(CqlOperation operation, CqlStatement statement) {
        return Idempotence.of(statement, table(operation, statement));
    }

    /** One table that the request reads or changes. */
    private record Touch(
            @Nullable CqlStatement statement, @Nullable RelationMetadata table, KeyPlan plan, CqlValues bound) {}

    /** All that the request reads or changes; what is merely prepared, and what touches no data, is none of it. */
    private List<Touch> touches() {
        if (request.opcode() == CqlOpcode.PREPARE) {
            return List.of();
        }
        List<Touch> touches = new ArrayList<>(1);
        for (CqlOperation operation : request.operations()) {
            CqlStatement statement = operation.statement();
            if (statement instanceof Batch batch) {
                batch.statements().forEach(part -> touches.add(touch(operation, part)));
            } else if (operation.kind() != Kind.SESSION) {
                touches.add(touch(operation, statement));
            }
        }
        return touches;
    }

    private static Touch touch(CqlOperation operation, @Nullable CqlStatement statement) {
        RelationMetadata table = statement == null ? null : table(operation, statement);
        return new Touch(statement, table, plan(operation, statement, table), operation.values());
    }

    private static KeyPlan plan(
            CqlOperation operation, @Nullable CqlStatement statement, @Nullable RelationMetadata table) {
        Parsed parsed = operation.parsed();
        if (parsed != null && !(parsed.statement() instanceof Batch)) {
            return parsed.keys().get(statement, table, operation.prepared());
        }
        return statement == null || table == null ? KeyPlan.UNKNOWN : KeyPlan.of(statement, table);
    }

    private static @Nullable RelationMetadata table(CqlOperation operation, CqlStatement statement) {
        CqlProtocol protocol = operation.request().protocol();
        String keyspace = operation.keyspaceOf(statement);
        String table = statement.table();
        return protocol == null || keyspace == null || table == null
                ? null
                : protocol.schema().table(keyspace, table);
    }

    @Override
    public List<Column> primaryKey() {
        List<Column> columns = new ArrayList<>(4);
        KeyBudget budget = new KeyBudget();
        touches().forEach(touch -> touch.plan().addColumns(touch.bound(), columns, budget));
        return budget.isSpent() ? List.of() : Collections.unmodifiableList(columns);
    }

    @Override
    public List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (Touch touch : touches()) {
            if (touch.statement() != null) {
                WrittenColumns.add(touch.statement(), touch.bound(), touch.table(), columns);
            }
        }
        return Collections.unmodifiableList(columns);
    }

    @Override
    public List<String> projection() {
        if (!(request.statement() instanceof Select select)) {
            return List.of();
        }
        return select.selections().isEmpty()
                ? List.of("*")
                : select.selections().stream()
                        .map(selection -> text(selection.selector()))
                        .toList();
    }

    /** A column by its real name, like those of {@link #columns}; anything else as CQL has it. */
    private static String text(Selector selector) {
        return selector instanceof Selector.Column column ? column.name() : selector.toCql();
    }
}
