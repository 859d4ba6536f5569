package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes, changes or drops a keyspace. */
public sealed interface KeyspaceStatement extends SchemaStatement {
    @Override
    String keyspace();

    @Override
    default @Nullable String table() {
        return null;
    }

    @Override
    KeyspaceStatement withKeyspace(String keyspace);

    /** {@code CREATE KEYSPACE}. */
    record CreateKeyspace(boolean ifNotExists, String keyspace, List<Property> properties)
            implements KeyspaceStatement {
        /** Copies the list. */
        public CreateKeyspace {
            properties = List.copyOf(properties);
        }

        @Override
        public String operation() {
            return "CREATE KEYSPACE";
        }

        @Override
        public CreateKeyspace withKeyspace(String newKeyspace) {
            return new CreateKeyspace(ifNotExists, newKeyspace, properties);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE KEYSPACE ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.name(cql, keyspace);
            Printer.clause(cql, " WITH ", properties, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code ALTER KEYSPACE}. */
    record AlterKeyspace(boolean ifExists, String keyspace, List<Property> properties) implements KeyspaceStatement {
        /** Copies the list. */
        public AlterKeyspace {
            properties = List.copyOf(properties);
        }

        @Override
        public String operation() {
            return "ALTER KEYSPACE";
        }

        @Override
        public AlterKeyspace withKeyspace(String newKeyspace) {
            return new AlterKeyspace(ifExists, newKeyspace, properties);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER KEYSPACE ").append(ifExists ? "IF EXISTS " : "");
            Printer.name(cql, keyspace);
            Printer.clause(cql, " WITH ", properties, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code DROP KEYSPACE}. */
    record DropKeyspace(boolean ifExists, String keyspace) implements KeyspaceStatement {
        @Override
        public String operation() {
            return "DROP KEYSPACE";
        }

        @Override
        public DropKeyspace withKeyspace(String newKeyspace) {
            return new DropKeyspace(ifExists, newKeyspace);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP KEYSPACE ").append(ifExists ? "IF EXISTS " : "");
            Printer.name(cql, keyspace);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
