package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table.
 *
 * @param isStatic all rows of a partition share its value
 * @param mask what those see who may not see the value; null if there is none
 */
public record ColumnDefinition(
        String name,
        CqlType type,
        boolean isStatic,
        @Nullable Mask mask) implements CqlPart {
    /**
     * {@code MASKED WITH function(arguments)}.
     *
     * @param function null for {@code MASKED WITH DEFAULT}
     * @param arguments all but the first, which is the value
     */
    public record Mask(@Nullable QualifiedName function, List<Term> arguments) implements CqlPart {
        /** Copies the list. */
        public Mask {
            arguments = List.copyOf(arguments);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("MASKED WITH ");
            if (function == null) {
                cql.append("DEFAULT");
            } else {
                Printer.functionName(cql, function);
                Printer.bracketed(cql, '(', arguments, ')');
            }
        }
    }

    @Override
    public void appendTo(StringBuilder cql) {
        Printer.name(cql, name);
        cql.append(' ');
        type.appendTo(cql);
        cql.append(isStatic ? " STATIC" : "");
        if (mask != null) {
            cql.append(' ');
            mask.appendTo(cql);
        }
    }
}
