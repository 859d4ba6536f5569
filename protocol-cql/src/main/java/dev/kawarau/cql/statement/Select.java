package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code SELECT}.
 *
 * @param json each row comes as one JSON text
 * @param selections what to answer with; empty for all columns
 * @param from the table or view
 * @param where what rows must satisfy, all of it; may be empty
 * @param groupBy may be empty
 * @param orderBy may be empty
 * @param perPartitionLimit an integer or a marker; null if there is none
 * @param limit an integer or a marker; null if there is none
 */
public record Select(
        boolean json,
        boolean distinct,
        List<Selection> selections,
        QualifiedName from,
        List<Relation> where,
        List<Selector> groupBy,
        List<Ordering> orderBy,
        @Nullable Term perPartitionLimit,
        @Nullable Term limit,
        boolean allowFiltering)
        implements CqlStatement {
    /**
     * One item of ORDER BY.
     *
     * @param near the vector to be nearest to, of {@code column ANN OF near}; null to order by the column itself
     */
    public record Ordering(String column, @Nullable Term near, boolean descending) implements CqlPart {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            if (near != null) {
                cql.append(" ANN OF ");
                near.appendTo(cql);
            }
            cql.append(descending ? " DESC" : "");
        }
    }

    /** Copies the lists. */
    public Select {
        selections = List.copyOf(selections);
        where = List.copyOf(where);
        groupBy = List.copyOf(groupBy);
        orderBy = List.copyOf(orderBy);
    }

    @Override
    public String operation() {
        return "SELECT";
    }

    @Override
    public Query.Kind kind() {
        return Query.Kind.READ;
    }

    @Override
    public @Nullable String keyspace() {
        return from.keyspace();
    }

    @Override
    public String table() {
        return from.name();
    }

    @Override
    public Select withKeyspace(String keyspace) {
        return withFrom(from.withKeyspace(keyspace));
    }

    /** The same of another table. */
    public Select withFrom(QualifiedName newFrom) {
        return new Select(
                json, distinct, selections, newFrom, where, groupBy, orderBy, perPartitionLimit, limit, allowFiltering);
    }

    /** The same with other columns; none for all. */
    public Select withSelections(List<Selection> newSelections) {
        return new Select(
                json, distinct, newSelections, from, where, groupBy, orderBy, perPartitionLimit, limit, allowFiltering);
    }

    /** The same of rows that satisfy something else. */
    public Select withWhere(List<Relation> newWhere) {
        return new Select(
                json, distinct, selections, from, newWhere, groupBy, orderBy, perPartitionLimit, limit, allowFiltering);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        cql.append("SELECT ").append(json ? "JSON " : "").append(distinct ? "DISTINCT " : "");
        int start = cql.length();
        cql.append(selections.isEmpty() ? "*" : "");
        Printer.parts(cql, selections, ", ");
        if (!distinct) {
            quoteFirst(cql, start, "distinct");
            if (!json) {
                quoteFirst(cql, start, "json");
            }
        }
        cql.append(" FROM ");
        from.appendTo(cql);
        Printer.clause(cql, " WHERE ", where, " AND ");
        Printer.clause(cql, " GROUP BY ", groupBy, ", ");
        Printer.clause(cql, " ORDER BY ", orderBy, ", ");
        if (perPartitionLimit != null) {
            cql.append(" PER PARTITION LIMIT ");
            perPartitionLimit.appendTo(cql);
        }
        if (limit != null) {
            cql.append(" LIMIT ");
            limit.appendTo(cql);
        }
        cql.append(allowFiltering ? " ALLOW FILTERING" : "");
    }

    /** A column that is called as what may stand before the columns would be taken for that. */
    private static void quoteFirst(StringBuilder cql, int start, String word) {
        int end = start + word.length();
        if (cql.indexOf(word, start) == start && (end == cql.length() || !Lexer.isWordPart(cql.charAt(end)))) {
            cql.insert(end, '"').insert(start, '"');
        }
    }

    @Override
    public String toString() {
        return toCql();
    }
}
