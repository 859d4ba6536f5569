package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that makes or drops a function or an aggregate. */
public sealed interface FunctionStatement extends SchemaStatement {
    /** The function, with its keyspace. */
    QualifiedName target();

    /** The same for another function. */
    FunctionStatement withTarget(QualifiedName target);

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default @Nullable String table() {
        return null;
    }

    @Override
    default FunctionStatement withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }

    /** An argument of a function. */
    record Argument(String name, CqlType type) implements CqlPart {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, name);
            cql.append(' ');
            type.appendTo(cql);
        }
    }

    /**
     * {@code CREATE FUNCTION}.
     *
     * @param calledOnNull the function is called when an argument is null; else it gives null then
     * @param language in lower case
     * @param body the code
     */
    record CreateFunction(
            boolean orReplace,
            boolean ifNotExists,
            QualifiedName target,
            List<Argument> arguments,
            boolean calledOnNull,
            CqlType returns,
            String language,
            String body)
            implements FunctionStatement {
        /** Copies the list. */
        public CreateFunction {
            arguments = List.copyOf(arguments);
        }

        @Override
        public String operation() {
            return "CREATE FUNCTION";
        }

        @Override
        public CreateFunction withTarget(QualifiedName newTarget) {
            return new CreateFunction(
                    orReplace, ifNotExists, newTarget, arguments, calledOnNull, returns, language, body);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(orReplace ? "CREATE OR REPLACE FUNCTION " : "CREATE FUNCTION ");
            cql.append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.functionName(cql, target);
            cql.append(' ');
            Printer.bracketed(cql, '(', arguments, ')');
            cql.append(calledOnNull ? " CALLED" : " RETURNS NULL").append(" ON NULL INPUT RETURNS ");
            returns.appendTo(cql);
            cql.append(" LANGUAGE ").append(language).append(" AS ");
            Printer.code(cql, body);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code DROP FUNCTION}.
     *
     * @param arguments null if the statement has no parentheses, and means the only function of that name
     */
    record DropFunction(
            boolean ifExists,
            QualifiedName target,
            @Nullable List<CqlType> arguments) implements FunctionStatement {
        /** Copies the list. */
        public DropFunction {
            arguments = arguments == null ? null : List.copyOf(arguments);
        }

        @Override
        public String operation() {
            return "DROP FUNCTION";
        }

        @Override
        public DropFunction withTarget(QualifiedName newTarget) {
            return new DropFunction(ifExists, newTarget, arguments);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP FUNCTION ").append(ifExists ? "IF EXISTS " : "");
            Printer.signature(cql, target, arguments);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code CREATE AGGREGATE}.
     *
     * @param stateFunction takes the state and a value, and gives the next state
     * @param finalFunction makes the result of the last state; null if that is the result
     * @param initialState null if it is not given
     */
    record CreateAggregate(
            boolean orReplace,
            boolean ifNotExists,
            QualifiedName target,
            List<CqlType> arguments,
            String stateFunction,
            CqlType stateType,
            @Nullable String finalFunction,
            @Nullable Term initialState)
            implements FunctionStatement {
        /** Copies the list. */
        public CreateAggregate {
            arguments = List.copyOf(arguments);
        }

        @Override
        public String operation() {
            return "CREATE AGGREGATE";
        }

        @Override
        public CreateAggregate withTarget(QualifiedName newTarget) {
            return new CreateAggregate(
                    orReplace,
                    ifNotExists,
                    newTarget,
                    arguments,
                    stateFunction,
                    stateType,
                    finalFunction,
                    initialState);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(orReplace ? "CREATE OR REPLACE AGGREGATE " : "CREATE AGGREGATE ");
            cql.append(ifNotExists ? "IF NOT EXISTS " : "");
            Printer.signature(cql, target, arguments);
            cql.append(" SFUNC ");
            Printer.functionName(cql, QualifiedName.of(stateFunction));
            cql.append(" STYPE ");
            stateType.appendTo(cql);
            if (finalFunction != null) {
                cql.append(" FINALFUNC ");
                Printer.functionName(cql, QualifiedName.of(finalFunction));
            }
            if (initialState != null) {
                cql.append(" INITCOND ");
                initialState.appendTo(cql);
            }
        }

        @Override
        public String toString() {
            return toCql();
        }
    }

    /**
     * {@code DROP AGGREGATE}.
     *
     * @param arguments null if the statement has no parentheses, and means the only aggregate of that name
     */
    record DropAggregate(
            boolean ifExists,
            QualifiedName target,
            @Nullable List<CqlType> arguments) implements FunctionStatement {
        /** Copies the list. */
        public DropAggregate {
            arguments = arguments == null ? null : List.copyOf(arguments);
        }

        @Override
        public String operation() {
            return "DROP AGGREGATE";
        }

        @Override
        public DropAggregate withTarget(QualifiedName newTarget) {
            return new DropAggregate(ifExists, newTarget, arguments);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("DROP AGGREGATE ").append(ifExists ? "IF EXISTS " : "");
            Printer.signature(cql, target, arguments);
        }

        @Override
        public String toString() {
            return toCql();
        }
    }
}
