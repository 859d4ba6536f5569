package dev.kawarau.cql.statement;

import java.util.List;

/**
 * {@code INSERT INTO target (columns) VALUES (values)}.
 *
 * @param values as many as columns, or the server refuses it
 * @param using may be empty
 */
public record Insert(
        QualifiedName target, List<String> columns, List<Term> values, boolean ifNotExists, List<UsingOption> using)
        implements Modification {
    /** Copies the lists. */
    public Insert {
        columns = List.copyOf(columns);
        values = List.copyOf(values);
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
    public Insert withTarget(QualifiedName newTarget) {
        return new Insert(newTarget, columns, values, ifNotExists, using);
    }

    /** The same with other values. */
    public Insert withValues(List<Term> newValues) {
        return new Insert(target, columns, newValues, ifNotExists, using);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("INSERT INTO ");
        target.appendTo(cql);
        cql.append(" (");
        Printer.names(cql, columns);
        cql.append(") VALUES ");
        Printer.bracketed(cql, '(', values, ')');
        cql.append(ifNotExists ? " IF NOT EXISTS" : "");
        UsingOption.clause(cql, using);
    }

    @Override
    public String toString() {
        return toCql();
    }
}
