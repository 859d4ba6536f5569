package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/**
 * {@code DESCRIBE}.
 *
 * @param keyspace null if none is named
 * @param name of what is in a keyspace; null if none is named
 * @param withInternals with what the statement that would make it does not need
 */
public record Describe(
        What what, @Nullable String keyspace, @Nullable String name, boolean withInternals) implements CqlStatement {
    /** What is described. */
    public enum What {
        CLUSTER("CLUSTER"),
        SCHEMA("SCHEMA"),
        /** With the keyspaces of the system. */
        FULL_SCHEMA("FULL SCHEMA"),
        KEYSPACES("KEYSPACES"),
        /** The keyspace of that name, or the one that the session uses, and all in it. */
        KEYSPACE("KEYSPACE"),
        /** The same, without what is in it. */
        ONLY_KEYSPACE("ONLY KEYSPACE"),
        TABLES("TABLES"),
        TABLE("TABLE"),
        INDEX("INDEX"),
        MATERIALIZED_VIEW("MATERIALIZED VIEW"),
        TYPES("TYPES"),
        TYPE("TYPE"),
        FUNCTIONS("FUNCTIONS"),
        FUNCTION("FUNCTION"),
        AGGREGATES("AGGREGATES"),
        AGGREGATE("AGGREGATE"),
        /** A keyspace, table, view or index, whichever has the name. */
        ANY("");

        private final String words;

        What(String words) {
            this.words = words;
        }
    }

    @Override
    public String operation() {
        return "DESCRIBE";
    }

    @Override
    public Query.Kind kind() {
        return Query.Kind.ADMIN;
    }

    @Override
    public @Nullable String table() {
        return what == What.TABLE || what == What.MATERIALIZED_VIEW ? name : null;
    }

    @Override
    public Describe withKeyspace(String newKeyspace) {
        return keyspace == null && name == null ? this : new Describe(what, newKeyspace, name, withInternals);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("DESCRIBE ").append(what.words);
        if (name != null) {
            cql.append(what == What.ANY ? "" : " ");
            QualifiedName qualified = new QualifiedName(keyspace, name);
            switch (what) {
                case FUNCTION, AGGREGATE -> Printer.functionName(cql, qualified);
                case TYPE -> Printer.typeName(cql, qualified);
                case ANY -> Printer.nameOfAnything(cql, qualified);
                default -> qualified.appendTo(cql);
            }
        } else if (keyspace != null) {
            cql.append(' ');
            Printer.name(cql, keyspace);
        }
        cql.append(withInternals ? " WITH INTERNALS" : "");
    }

    @Override
    public String toString() {
        return toCql();
    }
}
