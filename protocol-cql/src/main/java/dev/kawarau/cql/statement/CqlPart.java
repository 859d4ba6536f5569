package dev.kawarau.cql.statement;

/** A statement or a part of one, which can be printed as CQL. */
public interface CqlPart {
    /** Appends the CQL, on one line and without a semicolon. */
    void appendTo(StringBuilder cql);

    /** The CQL, on one line and without a semicolon. It parses back to an equal part. */
    default String toCql() {
        StringBuilder cql = new StringBuilder();
        appendTo(cql);
        return cql.toString();
    }
}
