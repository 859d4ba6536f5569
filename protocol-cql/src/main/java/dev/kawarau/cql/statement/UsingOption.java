package dev.kawarau.cql.statement;

import java.util.List;

/**
 * What USING says of a write. If it says the same twice, the last holds.
 *
 * @param value an integer or a marker
 */
public record UsingOption(Kind kind, Term value) implements CqlPart {
    /** What is said. */
    public enum Kind {
        /** Microseconds since 1970: when the write is to have happened. */
        TIMESTAMP,
        /** Seconds after which what is written is gone. */
        TTL
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append(kind).append(' ');
        value.appendTo(cql);
    }

    static void clause(StringBuilder cql, List<UsingOption> using) {
        Printer.clause(cql, " USING ", using, " AND ");
    }
}
