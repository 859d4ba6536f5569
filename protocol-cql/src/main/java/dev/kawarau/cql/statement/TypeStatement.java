package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes, changes or drops a user-defined type. */
public sealed interface TypeStatement extends SchemaStatement {
    /** The type, with its keyspace. */
    QualifiedName target();

    /** The same for another type. */
    TypeStatement withTarget(QualifiedName target);

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default @Nullable String table() {
        return null;
    }

    @Override
    default TypeStatement withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }

    /** A field of a type. */
    record Field(String name, CqlType type) implements CqlPart {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, name);
            cql.append(' ');
            type.appendTo(cql);
        }
    }

    /** {@code CREATE TYPE}. */
    record CreateType(boolean ifNotExists, QualifiedName target, List<Field> fields) implements TypeStatement {
        /** Copies the list. */
        public CreateType {
            fields = List.copyOf(fields);
        }

        @Override
        public String operation() {
            return "CREATE TYPE";
        }

        @Override
        public CreateType withTarget(QualifiedName newTarget) {
            return new CreateType(ifNotExists, newTarget, fields);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CREATE TYPE ").append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.typeName(cql, target);
            cql.append(' ');
            Printer.bracketed(cql, '(', fields, ')');
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** {@code ALTER TYPE}. */
    record AlterType(boolean ifExists, QualifiedName target, Change change) implements TypeStatement {
        @Override
        public String operation() {
            return "ALTER TYPE";
        }

        @Override
        public AlterType withTarget(QualifiedName newTarget) {
            return new AlterType(ifExists, newTarget, change);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALTER TYPE ").append(ifExists ? "IF EXISTS " : "");
            Printer.typeName(cql, target);
            cql.append(' ');
            change.appendTo(cql);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /** What an ALTER TYPE does. */
    sealed interface Change extends CqlPart {
        /** {@code ALTER field TYPE type}, which no server does any more. */
        record Alter(Field field) implements Change {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append("ALTER ");
                Printer.name(cql, field.name());
                cql.append(" TYPE ");
                field.type().appendTo(cql);
            }
        }

        /** {@code ADD field type}. */
        record Add(boolean ifFieldNotExists, Field field) implements Change {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append("ADD ").append(ifFieldNotExists ? "IF NOT EXISTS " : "");
                field.appendTo(cql);
            }
        }

        /** {@code RENAME from TO to}. */
        record Rename(boolean ifFieldExists, List<Renaming> renamings) implements Change {
            /** Copies the list. */
            public Rename {
                renamings = List.copyOf(renamings);
            }

            @Override
            public void appendTo(StringBuilder cql) {
                cql.append("RENAME ").append(ifFieldExists ? "IF EXISTS " : "");
                Printer.parts(cql, renamings, " AND ");
            }
        }
    }

    /** {@code DROP TYPE}. */
    record DropType(boolean ifExists, QualifiedName target) implements TypeStatement {
        @Override
        public String operation() {
            return "DROP TYPE";
        }

        @Override
        public DropType withTarget(QualifiedName newTarget) {
            return new DropType(ifExists, newTarget);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP TYPE ").append(ifExists ? "IF EXISTS " : "");
            Printer.typeName(cql, target);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
