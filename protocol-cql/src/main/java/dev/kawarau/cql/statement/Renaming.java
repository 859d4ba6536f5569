package dev.kawarau.cql.statement;

/** {@code from TO to}: the new name of a column or field. */
public record Renaming(String from, String to) implements CqlPart {
    @Override
    public void appendTo(StringBuilder cql) {
        Printer.name(cql, from);
        cql.append(" TO ");
        Printer.name(cql, to);
    }
}
