package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code BEGIN BATCH ... APPLY BATCH}.
 *
 * @param using may be empty
 * @param statements may be empty
 */
public record Batch(Type type, List<UsingOption> using, List<Modification> statements) implements CqlStatement {
    /** How the statements belong together. */
    public enum Type {
        /** All of them happen, or none. */
        LOGGED,
        /** Some may happen and others not. */
        UNLOGGED,
        /** All of them count. */
        COUNTER
    }

    /** Copies the lists. */
    public Batch {
        using = List.copyOf(using);
        statements = List.copyOf(statements);
    }

    @Override
    public String operation() {
        return "BATCH";
    }

    @Override
    public Query.Kind kind() {
        for (Modification statement : statements) {
            if (statement.isConditional()) {
                return Query.Kind.READ_WRITE;
            }
        }
        return Query.Kind.WRITE;
    }

    /** The keyspace that all its statements name; null if they do not agree. */
    @Override
    public @Nullable String keyspace() {
        return common(CqlStatement::keyspace);
    }

    /** The table that all its statements change; null if they do not agree, or their keyspaces do not. */
    @Override
    public @Nullable String table() {
        QualifiedName target = common(Modification::target);
        return target == null ? null : target.name();
    }

    private <T> @Nullable T common(Function<Modification, @Nullable T> property) {
        T common = statements.isEmpty() ? null : property.apply(statements.get(0));
        for (Modification statement : statements) {
            if (!Objects.equals(common, property.apply(statement))) {
                return null;
            }
        }
        return common;
    }

    @Override
    public Batch withKeyspace(String keyspace) {
        List<Modification> moved = new ArrayList<>(statements.size());
        for (Modification statement : statements) {
            moved.add(statement.withKeyspace(keyspace));
        }
        return new Batch(type, using, moved);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("BEGIN ").append(type == Type.LOGGED ? "" : type + " ").append("BATCH");
        UsingOption.clause(cql, using);
        for (Modification statement : statements) {
            cql.append(' ');
            statement.appendTo(cql);
            cql.append(';');
        }
        cql.append(" APPLY BATCH");
    }

    @Override
    public String toString() {
        return toCql();
    }
}
