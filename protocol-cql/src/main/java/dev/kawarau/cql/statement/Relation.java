package dev.kawarau.cql.statement;

import java.util.List;

/**
 * One condition of a WHERE, or of the IF of an UPDATE or a DELETE. Some have a place in one of them only: an IF has
 * {@link Comparison} and {@link In}, a WHERE all but fields of user-defined types.
 */
public sealed interface Relation extends CqlPart {
    /** What a column is compared by. */
    enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        CONTAINS("CONTAINS"),
        CONTAINS_KEY("CONTAINS KEY"),
        LIKE("LIKE");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** As CQL has it. */
        public String symbol() {
            return symbol;
        }

        private void appendTo(StringBuilder cql) {
            cql.append(' ').append(symbol).append(' ');
        }
    }

    /** What IN chooses from. */
    sealed interface Values extends CqlPart {
        /** {@code (first, second, ...)}, possibly none. */
        record Listed(List<Term> terms) implements Values {
            /** Copies the list. */
            public Listed {
                terms = List.copyOf(terms);
            }

            @Override
            public void appendTo(StringBuilder cql) {
                Printer.bracketed(cql, '(', terms, ')');
            }
        }

        /** A marker for the whole list. */
        record Bound(Term.Marker marker) implements Values {
            @Override
            public void appendTo(StringBuilder cql) {
                marker.appendTo(cql);
            }
        }
    }

    /** A column or a part of it is compared with a term. */
    record Comparison(ColumnPath left, Operator operator, Term right) implements Relation {
        @Override
        public void appendTo(StringBuilder cql) {
            left.appendTo(cql);
            operator.appendTo(cql);
            right.appendTo(cql);
        }
    }

    /** {@code left IN values}. */
    record In(ColumnPath left, Values values) implements Relation {
        @Override
        public void appendTo(StringBuilder cql) {
            left.appendTo(cql);
            cql.append(" IN ");
            values.appendTo(cql);
        }
    }

    /** {@code column IS NOT NULL}. */
    record IsNotNull(String column) implements Relation {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append(" IS NOT NULL");
        }
    }

    /** {@code TOKEN(first, second, ...) > term}, with one of the first six operators. */
    record TokenComparison(List<String> columns, Operator operator, Term right) implements Relation {
        /** Copies the list. */
        public TokenComparison {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("TOKEN(");
            Printer.names(cql, columns);
            cql.append(')');
            operator.appendTo(cql);
            right.appendTo(cql);
        }
    }

    /**
     * {@code (first, second, ...) > (1, 2, ...)}, with one of the first six operators.
     *
     * @param right a {@link Term.Tuple} or a {@link Term.Marker}
     */
    record TupleComparison(List<String> columns, Operator operator, Term right) implements Relation {
        /** Copies the list. */
        public TupleComparison {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append('(');
            Printer.names(cql, columns);
            cql.append(')');
            operator.appendTo(cql);
            right.appendTo(cql);
        }
    }

    /**
     * {@code (first, second, ...) IN ((1, 2, ...), ...)}.
     *
     * @param values all {@link Term.Tuple} or all {@link Term.Marker}, if there are some
     */
    record TupleIn(List<String> columns, Values values) implements Relation {
        /** Copies the list. */
        public TupleIn {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append('(');
            Printer.names(cql, columns);
            cql.append(") IN ");
            values.appendTo(cql);
        }
    }

    /** {@code expr(index, term)}: a condition in words of a custom index. */
    record IndexExpression(String index, Term term) implements Relation {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("expr(");
            Printer.name(cql, index);
            cql.append(", ");
            term.appendTo(cql);
            cql.append(')');
        }
    }
}
