package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes, changes or drops a table. */
public sealed interface TableStatement extends SchemaStatement {
    /** The table, with its keyspace. */
    QualifiedName target();

    /** The same for another table. */
    TableStatement withTarget(QualifiedName target);

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default String table() {
        return target().name();
    }

    @Override
    default TableStatement withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }

    /**
     * {@code CREATE TABLE}.
     *
     * @param primaryKey null if the statement has none, and the server will refuse it
     * @param options may be empty
     */
    record CreateTable(
            boolean ifNotExists,
            QualifiedName target,
            List<ColumnDefinition> columns,
            @Nullable PrimaryKey primaryKey,
            List<TableOption> options)
            implements TableStatement {
        /** Copies the lists. */
        public CreateTable {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
        }

        @Override
        public String operation() {
            return "CREATE TABLE";
        }

        @Override
        public CreateTable withTarget(QualifiedName newTarget) {
            return new CreateTable(ifNotExists, newTarget, columns, primaryKey, options);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE TABLE ").append(ifNotExists ? "IF NOT EXISTS " : "");
            target.appendTo(cql);
            cql.append(" (");
            Printer.parts(cql, columns, ", ");
            if (primaryKey != null) {
                cql.append(columns.isEmpty() ? "" : ", ");
                primaryKey.appendTo(cql);
            }
            cql.append(')');
            Printer.clause(cql, " WITH ", options, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code ALTER TABLE}. */
    record AlterTable(boolean ifExists, QualifiedName target, TableChange change) implements TableStatement {
        @Override
        public String operation() {
            return "ALTER TABLE";
        }

        @Override
        public AlterTable withTarget(QualifiedName newTarget) {
            return new AlterTable(ifExists, newTarget, change);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER TABLE ").append(ifExists ? "IF EXISTS " : "");
            target.appendTo(cql);
            cql.append(' ');
            change.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code DROP TABLE}. */
    record DropTable(boolean ifExists, QualifiedName target) implements TableStatement {
        @Override
        public String operation() {
            return "DROP TABLE";
        }

        @Override
        public DropTable withTarget(QualifiedName newTarget) {
            return new DropTable(ifExists, newTarget);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP TABLE ").append(ifExists ? "IF EXISTS " : "");
            target.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
