package dev.kawarau.cql.statement;

import java.util.List;

/**
 * {@code INSERT INTO target JSON json}.
 *
 * @param json a string or a marker
 * @param defaultUnset columns that the JSON does not have stay as they are, instead of being deleted
 * @param using may be empty
 */
public record InsertJson(
        QualifiedName target, Term json, boolean defaultUnset, boolean ifNotExists, List<UsingOption> using)
        implements Modification {
    /** Copies the list. */
    public InsertJson {
        using = List.copyOf(using);
    }

    @Override
    public String operation() {
        return "INSERT";
    }

    @Override
    public boolean isConditional() {
        return ifNotExists;
    }

    @Override
    public InsertJson withTarget(QualifiedName newTarget) {
        return new InsertJson(newTarget, json, defaultUnset, ifNotExists, using);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("INSERT INTO ");
        target.appendTo(cql);
        cql.append(" JSON ");
        json.appendTo(cql);
        cql.append(defaultUnset ? " DEFAULT UNSET" : "");
        cql.append(ifNotExists ? " IF NOT EXISTS" : "");
        UsingOption.clause(cql, using);
    }

    @Override
    public String toString() {
        return toCql();
    }
}
