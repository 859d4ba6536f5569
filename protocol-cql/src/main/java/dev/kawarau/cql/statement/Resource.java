package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What permissions are for. */
public sealed interface Resource extends CqlPart {
    /** The keyspace that it names; null if it names none. */
    default @Nullable String keyspace() {
        return null;
    }

    /** The same in another keyspace; itself if it is not in one. */
    default Resource withKeyspace(String keyspace) {
        return this;
    }

    /** One of those that need no name. */
    enum All implements Resource {
        KEYSPACES,
        ROLES,
        FUNCTIONS,
        MBEANS;

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALL ").append(name());
        }
    }

    /** {@code KEYSPACE keyspace}, with all that is in it. */
    record Keyspace(String keyspace) implements Resource {
        @Override
        public Keyspace withKeyspace(String newKeyspace) {
            return new Keyspace(newKeyspace);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("KEYSPACE ");
            Printer.name(cql, keyspace);
        }
    }

    /** {@code ALL TABLES IN KEYSPACE keyspace}. */
    record AllTables(String keyspace) implements Resource {
        @Override
        public AllTables withKeyspace(String newKeyspace) {
            return new AllTables(newKeyspace);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALL TABLES IN KEYSPACE ");
            Printer.name(cql, keyspace);
        }
    }

    /** {@code TABLE table}. */
    record Table(QualifiedName table) implements Resource {
        @Override
        public @Nullable String keyspace() {
            return table.keyspace();
        }

        @Override
        public Table withKeyspace(String newKeyspace) {
            return new Table(table.withKeyspace(newKeyspace));
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("TABLE ");
            table.appendTo(cql);
        }
    }

    /** {@code ROLE role}. */
    record Role(String role) implements Resource {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ROLE ");
            Printer.role(cql, role);
        }
    }

    /** {@code ALL FUNCTIONS IN KEYSPACE keyspace}. */
    record AllFunctions(String keyspace) implements Resource {
        @Override
        public AllFunctions withKeyspace(String newKeyspace) {
            return new AllFunctions(newKeyspace);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("ALL FUNCTIONS IN KEYSPACE ");
            Printer.name(cql, keyspace);
        }
    }

    /** {@code FUNCTION function (types)}, always with a keyspace. */
    record Function(QualifiedName function, List<CqlType> arguments) implements Resource {
        /** Copies the list. */
        public Function {
            arguments = List.copyOf(arguments);
        }

        @Override
        public @Nullable String keyspace() {
            return function.keyspace();
        }

        @Override
        public Function withKeyspace(String newKeyspace) {
            return new Function(function.withKeyspace(newKeyspace), arguments);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("FUNCTION ");
            Printer.signature(cql, function, arguments);
        }
    }

    /**
     * {@code MBEAN 'name'} or {@code MBEANS 'pattern'}.
     *
     * @param name the name of a bean, or a pattern
     * @param plural MBEANS, which must have a pattern
     */
    record ManagedBean(String name, boolean plural) implements Resource {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(plural ? "MBEANS " : "MBEAN ");
            Printer.string(cql, name);
        }
    }
}
