package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a SELECT answers with, or groups by: a column, or what is computed from columns and terms. */
public sealed interface Selector extends CqlPart {
    /** A column. */
    record Column(String name) implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            Printer.name(cql, name);
        }
    }

    /**
     * A value that depends on no column.
     *
     * @param term a literal, a null or a marker
     */
    record Value(Term term) implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            term.appendTo(cql);
        }
    }

    /** {@code COUNT(*)}. */
    record CountRows() implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("COUNT(*)");
        }
    }

    /** A call of a function or an aggregate. */
    record Call(QualifiedName function, List<Selector> arguments) implements Selector {
        /** Copies the list. */
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.functionName(cql, function);
            Printer.bracketed(cql, '(', arguments, ')');
        }
    }

    /**
     * When a column was written, or how long it lives.
     *
     * @param of a column, or a path in one
     */
    record CellProperty(Kind kind, Selector of) implements Selector {
        /** Which property. */
        public enum Kind {
            WRITETIME,
            MAXWRITETIME,
            TTL
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append(kind).append('(');
            of.appendTo(cql);
            cql.append(')');
        }
    }

    /** {@code CAST(selector AS type)}. */
    record Cast(Selector selector, CqlType.Native type) implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CAST(");
            selector.appendTo(cql);
            cql.append(" AS ");
            type.appendTo(cql);
            cql.append(')');
        }
    }

    /** {@code (type) selector}: says which type a selector has, and converts nothing. */
    record TypeHint(CqlType type, Selector selector) implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append('(');
            type.appendTo(cql);
            cql.append(") ");
            selector.appendTo(cql);
        }
    }

    /** {@code (first, second, ...)}: a tuple, or with one element a selector in parentheses. */
    record Tuple(List<Selector> elements) implements Selector {
        /** Copies the list. */
        public Tuple {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '(', elements, ')');
        }
    }

    /** {@code [first, second, ...]}: a list or a vector. */
    record ListOf(List<Selector> elements) implements Selector {
        /** Copies the list. */
        public ListOf {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '[', elements, ']');
        }
    }

    /** <code>{first, second, ...}</code>: a set, and when it is empty a set or a map. */
    record SetOf(List<Selector> elements) implements Selector {
        /** Copies the list. */
        public SetOf {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '{', elements, '}');
        }
    }

    /** <code>{key: value, ...}</code>: a map, or a value of a user-defined type, whose fields look like columns. */
    record MapOf(List<Entry> entries) implements Selector {
        /** A key and its value. */
        public record Entry(Selector key, Selector value) implements CqlPart {
            @Override
            public void appendTo(StringBuilder cql) {
                key.appendTo(cql);
                cql.append(": ");
                value.appendTo(cql);
            }
        }

        /** Copies the list. */
        public MapOf {
            entries = List.copyOf(entries);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '{', entries, '}');
        }
    }

    /**
     * Parts of a collection, tuple or user-defined type, and parts of these parts.
     *
     * @param of what they are parts of
     * @param parts from the outer to the inner, at least one
     */
    record Path(Selector of, List<Part> parts) implements Selector {
        /** Copies the list. */
        public Path {
            parts = List.copyOf(parts);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            of.appendTo(cql);
            if (parts.get(0) instanceof Part.Field && endsInNumber(cql) && endsInTerm(of)) {
                // The point would be that of a float.
                cql.append(' ');
            }
            Printer.parts(cql, parts, "");
        }

        private static boolean endsInNumber(StringBuilder cql) {
            char last = cql.charAt(cql.length() - 1);
            return Lexer.isDigit(last) || last == '.';
        }

        private static boolean endsInTerm(Selector selector) {
            Selector last = selector;
            while (last instanceof TypeHint hint) {
                last = hint.selector();
            }
            return last instanceof Value;
        }
    }

    /** One step into a value. */
    sealed interface Part extends CqlPart {
        /** {@code .name}: a field of a user-defined type. */
        record Field(String name) implements Part {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append('.');
                Printer.name(cql, name);
            }
        }

        /** {@code [key]}: the value that a map has for a key, or the element of a set. */
        record Element(Term key) implements Part {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append('[');
                key.appendTo(cql);
                cql.append(']');
            }
        }

        /**
         * {@code [from..to]}: the elements of a set or entries of a map between two keys, which belong to it.
         *
         * @param from null if there is no lower bound, but then there is an upper one
         * @param to null if there is no upper bound
         */
        record Slice(@Nullable Term from, @Nullable Term to) implements Part {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append('[');
                if (from != null) {
                    from.appendTo(cql);
                }
                cql.append("..");
                if (to != null) {
                    to.appendTo(cql);
                }
                cql.append(']');
            }
        }
    }

    /** {@code - selector}, where the minus is not that of a number. */
    record Negation(Selector selector) implements Selector {
        @Override
        public void appendTo(StringBuilder cql) {
            // Without a space it would join a name that begins as NaN or Infinity does, and a number.
            cql.append("- ");
            selector.appendTo(cql);
        }
    }

    /**
     * Selectors joined by operators of one precedence, from the left to the right. A list and not a tree, so that a long
     * sum is not a deep one.
     *
     * @param first the leftmost selector
     * @param steps what is done to it, at least one step
     */
    record Arithmetic(Selector first, List<Step> steps) implements Selector {
        /** An operator and the selector to its right. */
        public record Step(ArithmeticOperator operator, Selector operand) implements CqlPart {
            @Override
            public void appendTo(StringBuilder cql) {
                cql.append(' ').append(operator.symbol()).append(' ');
                operand.appendTo(cql);
            }
        }

        /** Copies the list. */
        public Arithmetic {
            steps = List.copyOf(steps);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            first.appendTo(cql);
            Printer.parts(cql, steps, "");
        }
    }
}
