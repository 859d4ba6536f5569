package dev.kawarau.cql.statement;

import org.jspecify.annotations.Nullable;

/** A statement that makes or drops a trigger of a table. */
public sealed interface TriggerStatement extends SchemaStatement {
    /** The table, with its keyspace. */
    QualifiedName target();

    /** The same on another table. */
    TriggerStatement withTarget(QualifiedName target);

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default String table() {
        return target().name();
    }

    @Override
    default TriggerStatement withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }

    /**
     * {@code CREATE TRIGGER}.
     *
     * @param className the class on the server that does the work
     */
    record CreateTrigger(boolean ifNotExists, String name, QualifiedName target, String className)
            implements TriggerStatement {
        @Override
        public String operation() {
            return "CREATE TRIGGER";
        }

        @Override
        public CreateTrigger withTarget(QualifiedName newTarget) {
            return new CreateTrigger(ifNotExists, name, newTarget, className);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE TRIGGER ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.name(cql, name);
            cql.append(" ON ");
            target.appendTo(cql);
            cql.append(" USING ");
            Printer.string(cql, className);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code DROP TRIGGER}. */
    record DropTrigger(boolean ifExists, String name, QualifiedName target) implements TriggerStatement {
        @Override
        public String operation() {
            return "DROP TRIGGER";
        }

        @Override
        public DropTrigger withTarget(QualifiedName newTarget) {
            return new DropTrigger(ifExists, name, newTarget);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP TRIGGER ").append(ifExists ? "IF EXISTS " : "");
            Printer.name(cql, name);
            cql.append(" ON ");
            target.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
