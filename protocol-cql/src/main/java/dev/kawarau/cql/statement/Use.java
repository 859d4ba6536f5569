package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/** {@code USE keyspace}: names without a keyspace mean that one from now on. */
public record Use(String keyspace) implements CqlStatement {
    @Override
    public String operation() {
        return "USE";
    }

    @Override
    public Query.Kind kind() {
        return Query.Kind.SESSION;
    }

    @Override
    public @Nullable String table() {
        return null;
    }

    @Override
    public Use withKeyspace(String newKeyspace) {
        return new Use(newKeyspace);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("USE ");
        Printer.name(cql, keyspace);
    }

    @Override
    public String toString() {
        return toCql();
    }
}
