package dev.kawarau.cql.statement;

/** A column or one part of it: what a statement sets, deletes or compares. */
public sealed interface ColumnPath extends CqlPart {
    /** The column that it is, or is in. */
    String column();

    /** All of a column. */
    record Column(String column) implements ColumnPath {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
        }
    }

    /** {@code column[key]}: the element of a list at an index, or the value that a map has for a key. */
    record Element(String column, Term key) implements ColumnPath {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append('[');
            key.appendTo(cql);
            cql.append(']');
        }
    }

    /** {@code column.field}: a field of a user-defined type. */
    record Field(String column, String field) implements ColumnPath {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, column);
            cql.append('.');
            Printer.name(cql, field);
        }
    }
}
