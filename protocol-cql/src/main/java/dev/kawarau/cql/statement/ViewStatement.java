package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes, changes or drops a materialized view. Its {@linkplain #table table} is the view. */
public sealed interface ViewStatement extends SchemaStatement {
    /** The view, with its keyspace. */
    QualifiedName target();

    /** The same for another view. */
    ViewStatement withTarget(QualifiedName target);

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default String table() {
        return target().name();
    }

    @Override
    default ViewStatement withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }

    /**
     * {@code CREATE MATERIALIZED VIEW}.
     *
     * @param selections what it has of the table; empty for all columns
     * @param from the table
     * @param where may be empty
     * @param options may be empty
     */
    record CreateView(
            boolean ifNotExists,
            QualifiedName target,
            List<Selection> selections,
            QualifiedName from,
            List<Relation> where,
            PrimaryKey primaryKey,
            List<TableOption> options)
            implements ViewStatement {
        /** Copies the lists. */
        public CreateView {
            selections = List.copyOf(selections);
            where = List.copyOf(where);
            options = List.copyOf(options);
        }

        @Override
        public String operation() {
            return "CREATE MATERIALIZED VIEW";
        }

        @Override
        public CreateView withTarget(QualifiedName newTarget) {
            return new CreateView(ifNotExists, newTarget, selections, from, where, primaryKey, options);
        }

        /** The same with the view and its table in another keyspace. */
        @Override
        public CreateView withKeyspace(String keyspace) {
            return new CreateView(
                    ifNotExists,
                    target.withKeyspace(keyspace),
                    selections,
                    from.withKeyspace(keyspace),
                    where,
                    primaryKey,
                    options);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE MATERIALIZED VIEW ").append(ifNotExists ? "IF NOT EXISTS " : "");
            target.appendTo(cql);
            cql.append(" AS SELECT ").append(selections.isEmpty() ? "*" : "");
            Printer.parts(cql, selections, ", ");
            cql.append(" FROM ");
            from.appendTo(cql);
            Printer.clause(cql, " WHERE ", where, " AND ");
            cql.append(' ');
            primaryKey.appendTo(cql);
            Printer.clause(cql, " WITH ", options, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code ALTER MATERIALIZED VIEW}. */
    record AlterView(boolean ifExists, QualifiedName target, List<Property> properties) implements ViewStatement {
        /** Copies the list. */
        public AlterView {
            properties = List.copyOf(properties);
        }

        @Override
        public String operation() {
            return "ALTER MATERIALIZED VIEW";
        }

        @Override
        public AlterView withTarget(QualifiedName newTarget) {
            return new AlterView(ifExists, newTarget, properties);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER MATERIALIZED VIEW ").append(ifExists ? "IF EXISTS " : "");
            target.appendTo(cql);
            Printer.clause(cql, " WITH ", properties, " AND ");
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code DROP MATERIALIZED VIEW}. */
    record DropView(boolean ifExists, QualifiedName target) implements ViewStatement {
        @Override
        public String operation() {
            return "DROP MATERIALIZED VIEW";
        }

        @Override
        public DropView withTarget(QualifiedName newTarget) {
            return new DropView(ifExists, newTarget);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP MATERIALIZED VIEW ").append(ifExists ? "IF EXISTS " : "");
            target.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
