package dev.kawarau.cql.statement;

import java.util.List;

/**
 * {@code UPDATE target SET assignments WHERE where}.
 *
 * @param using may be empty
 * @param where what rows must satisfy, all of it
 * @param ifExists the row must exist
 * @param conditions what the row must satisfy for it to be changed, all of it; empty if there is no IF, or it is IF
 *     EXISTS
 */
public record Update(
        QualifiedName target,
        List<UsingOption> using,
        List<Assignment> assignments,
        List<Relation> where,
        boolean ifExists,
        List<Relation> conditions)
        implements Modification {
    /** Copies the lists. */
    public Update {
        using = List.copyOf(using);
        assignments = List.copyOf(assignments);
        where = List.copyOf(where);
        conditions = List.copyOf(conditions);
    }

    @Override
    public String operation() {
        return "UPDATE";
    }

    @Override
    public boolean isConditional() {
        return ifExists || !conditions.isEmpty();
    }

    @Override
    public Update withTarget(QualifiedName newTarget) {
        return new Update(newTarget, using, assignments, where, ifExists, conditions);
    }

    /** The same with other assignments. */
    public Update withAssignments(List<Assignment> newAssignments) {
        return new Update(target, using, newAssignments, where, ifExists, conditions);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("UPDATE ");
        target.appendTo(cql);
        UsingOption.clause(cql, using);
        Printer.clause(cql, " SET ", assignments, ", ");
        Printer.clause(cql, " WHERE ", where, " AND ");
        cql.append(ifExists ? " IF EXISTS" : "");
        Printer.clause(cql, " IF ", conditions, " AND ");
    }

    @Override
    public String toString() {
        return toCql();
    }
}
