package dev.kawarau.cql.statement;

import org.jspecify.annotations.Nullable;

/**
 * One column of the answer to a SELECT.
 *
 * @param alias the name that it has in the answer, or null if the server makes one up from the selector
 */
public record Selection(Selector selector, @Nullable String alias) implements CqlPart {
    @Override
    public void appendTo(StringBuilder cql) {
        selector.appendTo(cql);
        if (alias != null) {
            cql.append(" AS ");
            Printer.name(cql, alias);
        }
    }
}
