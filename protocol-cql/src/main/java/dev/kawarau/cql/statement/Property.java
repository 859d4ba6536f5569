package dev.kawarau.cql.statement;

import java.util.List;

/**
 * One {@code name = value} behind WITH.
 *
 * @param name in lower case, unless it was quoted
 */
public record Property(String name, Value value) implements TableOption {
    /** What a property is set to. */
    public sealed interface Value extends CqlPart {
        /** One value. A keyword without quotes is a string. */
        record Single(Term.Literal literal) implements Value {
            @Override
            public void appendTo(StringBuilder cql) {
                literal.appendTo(cql);
            }
        }

        /** <code>{key: value, ...}</code>, possibly without entries. */
        record MapOf(List<Entry> entries) implements Value {
            /** Copies the list. */
            public MapOf {
                entries = List.copyOf(entries);
            }

            @Override
            public void appendTo(StringBuilder cql) {
                Printer.bracketed(cql, '{', entries, '}');
            }
        }
    }

    /** One entry of a property that is a map. */
    public record Entry(Term.Literal key, Term.Literal value) implements CqlPart {
        @Override
        public void appendTo(StringBuilder cql) {
            key.appendTo(cql);
            cql.append(": ");
            value.appendTo(cql);
        }
    }

    @Override
    public void appendTo(StringBuilder cql) {
        Printer.name(cql, name);
        cql.append(" = ");
        value.appendTo(cql);
    }
}
