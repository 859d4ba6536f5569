package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes or drops an index. */
public sealed interface IndexStatement extends SchemaStatement {
    @Override
    IndexStatement withKeyspace(String keyspace);

    /** A column that an index is on, or what of the column. */
    record IndexedColumn(Part part, String column) implements CqlPart {
        /** What of the column. */
        public enum Part {
            /** The column itself, and of a collection its values. */
            COLUMN,
            VALUES,
            KEYS,
            ENTRIES,
            /** A frozen collection as one value. */
            FULL
        }

        @Override
        public void appendTo(StringBuilder cql) {
            if (part == Part.COLUMN) {
                Printer.name(cql, column);
            } else {
                cql.append(part).append('(');
                Printer.name(cql, column);
                cql.append(')');
            }
        }
    }

    /**
     * {@code CREATE INDEX} or {@code CREATE CUSTOM INDEX}.
     *
     * @param name null if the server is to make one up
     * @param target the table
     * @param columns may be empty for some custom indexes
     * @param using the class or the name of the implementation; null for the server's default
     * @param properties may be empty
     */
    record CreateIndex(
            boolean custom,
            boolean ifNotExists,
            @Nullable String name,
            QualifiedName target,
            List<IndexedColumn> columns,
            @Nullable String using,
            List<Property> properties)
            implements IndexStatement {
        /** Copies the lists. */
        public CreateIndex {
            columns = List.copyOf(columns);
            properties = List.copyOf(properties);
        }

        @Override
        public String operation() {
            return "CREATE INDEX";
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
        public CreateIndex withKeyspace(String keyspace) {
            return withTarget(target.withKeyspace(keyspace));
        }

        /** The same on another table. */
        public CreateIndex withTarget(QualifiedName newTarget) {
            return new CreateIndex(custom, ifNotExists, name, newTarget, columns, using, properties);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(custom ? "CREATE CUSTOM INDEX " : "CREATE INDEX ").append(ifNotExists ? "IF NOT EXISTS " : "");
            if (name != null) {
                Printer.name(cql, name);
                cql.append(' ');
            }
            cql.append("ON ");
            target.appendTo(cql);
            cql.append(' ');
            Printer.bracketed(cql, '(', columns, ')');
            if (using != null) {
                cql.append(" USING ");
                Printer.string(cql, using);
            }
            Printer.clause(cql, " WITH ", properties, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code DROP INDEX}.
     *
     * @param index with the keyspace of its table
     */
    record DropIndex(boolean ifExists, QualifiedName index) implements IndexStatement {
        @Override
        public String operation() {
            return "DROP INDEX";
        }

        @Override
        public @Nullable String keyspace() {
            return index.keyspace();
        }

        @Override
        public @Nullable String table() {
            return null;
        }

        @Override
        public DropIndex withKeyspace(String keyspace) {
            return new DropIndex(ifExists, index.withKeyspace(keyspace));
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP INDEX ").append(ifExists ? "IF EXISTS " : "");
            index.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
