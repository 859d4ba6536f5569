package dev.kawarau.cql.statement;

import dev.kawarau.Query;

/** A statement that changes what there is: keyspaces, tables, types and functions. */
public sealed interface SchemaStatement extends CqlStatement
        permits KeyspaceStatement,
                TableStatement,
                TypeStatement,
                IndexStatement,
                ViewStatement,
                FunctionStatement,
                TriggerStatement {
    @Override
    default Query.Kind kind() {
        return Query.Kind.SCHEMA;
    }
}
