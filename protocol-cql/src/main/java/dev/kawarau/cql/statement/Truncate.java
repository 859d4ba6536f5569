package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/** {@code TRUNCATE target}: deletes all rows. */
public record Truncate(QualifiedName target) implements CqlStatement {
    @Override
    public String operation() {
        return "TRUNCATE";
    }

    @Override
    public Query.Kind kind() {
        return Query.Kind.WRITE;
    }

    @Override
    public @Nullable String keyspace() {
        return target.keyspace();
    }

    @Override
    public String table() {
        return target.name();
    }

    @Override
    public Truncate withKeyspace(String keyspace) {
        return withTarget(target.withKeyspace(keyspace));
    }

    /** The same for another table. */
    public Truncate withTarget(QualifiedName newTarget) {
        return new Truncate(newTarget);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("TRUNCATE ");
        target.appendTo(cql);
    }

    @Override
    public String toString() {
        return toCql();
    }
}
