package dev.kawarau.cql.statement;

import java.util.List;

/**
 * {@code DELETE deletions FROM target WHERE where}.
 *
 * @param deletions what to delete; empty for whole rows
 * @param using at most a timestamp
 * @param where what rows must satisfy, all of it
 * @param ifExists the row must exist
 * @param conditions what the row must satisfy for it to be changed, all of it; empty if there is no IF, or it is IF
 *     EXISTS
 */
public record Delete(
        List<ColumnPath> deletions,
        QualifiedName target,
        List<UsingOption> using,
        List<Relation> where,
        boolean ifExists,
        List<Relation> conditions)
        implements Modification {
    /** Copies the lists. */
    public Delete {
        deletions = List.copyOf(deletions);
        using = List.copyOf(using);
        where = List.copyOf(where);
        conditions = List.copyOf(conditions);
    }

    @Override
    public String operation() {
        return "DELETE";
    }

    @Override
    public boolean isConditional() {
        return ifExists || !conditions.isEmpty();
    }

    @Override
    public Delete withTarget(QualifiedName newTarget) {
        return new Delete(deletions, newTarget, using, where, ifExists, conditions);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("DELETE ");
        Printer.parts(cql, deletions, ", ");
        cql.append(deletions.isEmpty() ? "FROM " : " FROM ");
        target.appendTo(cql);
        UsingOption.clause(cql, using);
        Printer.clause(cql, " WHERE ", where, " AND ");
        cql.append(ifExists ? " IF EXISTS" : "");
        Printer.clause(cql, " IF ", conditions, " AND ");
    }

    @Override
    public String toString() {
        return toCql();
    }
}
