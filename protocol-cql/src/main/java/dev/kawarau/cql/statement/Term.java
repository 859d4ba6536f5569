package dev.kawarau.cql.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value that a statement gives, or what computes one. */
public sealed interface Term extends CqlPart {
    /**
     * A constant.
     *
     * @param kind what it is
     * @param text of a string its content; of all others what the statement has, such as {@code 1.10} or {@code 0xCAFE}
     */
    record Literal(Kind kind, String text) implements Term {
        /** What a literal is. */
        public enum Kind {
            STRING,
            INTEGER,
            FLOAT,
            BOOLEAN,
            DURATION,
            UUID,
            BLOB
        }

        /** A string. */
        public static Literal string(String content) {
            return new Literal(Kind.STRING, content);
        }

        /** An integer. */
        public static Literal integer(long value) {
            return new Literal(Kind.INTEGER, Long.toString(value));
        }

        @Override
        public void appendTo(StringBuilder cql) {
            if (kind == Kind.STRING) {
                Printer.string(cql, text);
            } else {
                cql.append(text);
            }
        }
    }

    /** {@code NULL}. */
    record Null() implements Term {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("NULL");
        }
    }

    /**
     * A bind marker.
     *
     * @param position how many markers the statement has before it
     * @param name null if it is {@code ?}
     */
    record Marker(int position, @Nullable String name) implements Term {
        @Override
        public void appendTo(StringBuilder cql) {
            if (name == null) {
                cql.append('?');
            } else {
                cql.append(':');
                Printer.name(cql, name);
            }
        }
    }

    /** A call of a function. */
    record Call(QualifiedName function, List<Term> arguments) implements Term {
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

    /** {@code [first, second, ...]}: a list or a vector. */
    record ListOf(List<Term> elements) implements Term {
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
    record SetOf(List<Term> elements) implements Term {
        /** Copies the list. */
        public SetOf {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '{', elements, '}');
        }
    }

    /** <code>{key: value, ...}</code>: a map of at least one entry. */
    record MapOf(List<Entry> entries) implements Term {
        /** A key and its value. */
        public record Entry(Term key, Term value) implements CqlPart {
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

    /** <code>{field: value, ...}</code>: a value of a user-defined type. */
    record UserDefined(List<Field> fields) implements Term {
        /** A field and its value. */
        public record Field(String name, Term value) implements CqlPart {
            @Override
            public void appendTo(StringBuilder cql) {
                Printer.name(cql, name);
                cql.append(": ");
                value.appendTo(cql);
            }
        }

        /** Copies the list. */
        public UserDefined {
            fields = List.copyOf(fields);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '{', fields, '}');
        }
    }

    /** {@code (first, second, ...)}: a tuple, or with one element a term in parentheses. */
    record Tuple(List<Term> elements) implements Term {
        /** Copies the list. */
        public Tuple {
            elements = List.copyOf(elements);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            Printer.bracketed(cql, '(', elements, ')');
        }
    }

    /** {@code (type) term}: says which type a term has, and converts nothing. */
    record TypeHint(CqlType type, Term term) implements Term {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append('(');
            type.appendTo(cql);
            cql.append(") ");
            term.appendTo(cql);
        }
    }

    /** {@code CAST(term AS type)}. */
    record Cast(Term term, CqlType.Native type) implements Term {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CAST(");
            term.appendTo(cql);
            cql.append(" AS ");
            type.appendTo(cql);
            cql.append(')');
        }
    }

    /** {@code - term}, where the minus is not that of a number. */
    record Negation(Term term) implements Term {
        @Override
        public void appendTo(StringBuilder cql) {
            // Without a space it would join a name that begins as NaN or Infinity does, and a number.
            cql.append("- ");
            term.appendTo(cql);
        }
    }

    /**
     * Terms joined by operators of one precedence, from the left to the right. A list and not a tree, so that a long sum
     * is not a deep one.
     *
     * @param first the leftmost term
     * @param steps what is done to it, at least one step
     */
    record Arithmetic(Term first, List<Step> steps) implements Term {
        /** An operator and the term to its right. */
        public record Step(ArithmeticOperator operator, Term operand) implements CqlPart {
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
