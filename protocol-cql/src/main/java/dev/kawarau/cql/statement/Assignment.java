package dev.kawarau.cql.statement;

/** One thing that an UPDATE sets. */
public sealed interface Assignment extends CqlPart {
    /** The column that it changes. */
    String column();

    /** {@code target = value}. */
    record Set(ColumnPath target, Term value) implements Assignment {
        @Override
        public String column() {
            return target.column();
        }

        @Override
        public void appendTo(StringBuilder cql) {
            target.appendTo(cql);
            cql.append(" = ");
            value.appendTo(cql);
        }
    }

    /** {@code column = column + value}: counts up, appends to a list, adds to a set or a map. */
    record Add(String column, Term value) implements Assignment {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append(" = ");
            Printer.name(cql, column);
            cql.append(" + ");
            value.appendTo(cql);
        }
    }

    /** {@code column = column - value}: counts down, or takes elements or keys away. */
    record Subtract(String column, Term value) implements Assignment {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append(" = ");
            Printer.name(cql, column);
            cql.append(" - ");
            value.appendTo(cql);
        }
    }

    /** {@code column = value + column}: puts elements before those of a list. */
    record Prepend(String column, Term value) implements Assignment {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append(" = ");
            value.appendTo(cql);
            cql.append(" + ");
            Printer.name(cql, column);
        }
    }
}
