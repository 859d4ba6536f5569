package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values and what computes them. */
final class TermGrammar {
    private static final Term.Null NULL = new Term.Null();

    private TermGrammar() {}

    static Term term(Cursor cursor) {
        cursor.enter();
        Term first = product(cursor);
        if (cursor.at(Token.PLUS) || cursor.at(Token.MINUS)) {
            first = sum(cursor, first);
        }
        cursor.leave();
        return first;
    }

    private static Term sum(Cursor cursor, Term first) {
        List<Term.Arithmetic.Step> steps = new ArrayList<>();
        while (true) {
            ArithmeticOperator operator;
            if (cursor.at(Token.PLUS) && !prepends(cursor)) {
                operator = ArithmeticOperator.ADD;
            } else if (cursor.at(Token.MINUS)) {
                operator = ArithmeticOperator.SUBTRACT;
            } else {
                return steps.isEmpty() ? first : new Term.Arithmetic(first, steps);
            }
            cursor.advance();
            steps.add(new Term.Arithmetic.Step(operator, product(cursor)));
        }
    }

    /** In {@code SET c = [1] + c}, the plus does not belong to the term. */
    private static boolean prepends(Cursor cursor) {
        if (!NameGrammar.isColumnOrEmpty(cursor.peek(1))) {
            return false;
        }
        Token second = cursor.peek(2);
        return second != Token.OPEN && second != Token.DOT;
    }

    private static Term product(Cursor cursor) {
        Term first = signed(cursor);
        ArithmeticOperator operator = multiplicative(cursor.token());
        if (operator == null) {
            return first;
        }
        List<Term.Arithmetic.Step> steps = new ArrayList<>();
        while (operator != null) {
            cursor.advance();
            steps.add(new Term.Arithmetic.Step(operator, signed(cursor)));
            operator = multiplicative(cursor.token());
        }
        return new Term.Arithmetic(first, steps);
    }

    static @Nullable ArithmeticOperator multiplicative(Token token) {
        return switch (token) {
            case STAR -> ArithmeticOperator.MULTIPLY;
            case SLASH -> ArithmeticOperator.DIVIDE;
            case PERCENT -> ArithmeticOperator.REMAINDER;
            default -> null;
        };
    }

    private static Term signed(Cursor cursor) {
        return cursor.accept(Token.MINUS) ? new Term.Negation(simple(cursor)) : simple(cursor);
    }

    private static Term simple(Cursor cursor) {
        Term value = constant(cursor);
        if (value != null) {
            return value;
        }
        switch (cursor.token()) {
            case OPEN_BRACKET -> {
                cursor.advance();
                return new Term.ListOf(terms(cursor, Token.CLOSE_BRACKET));
            }
            case OPEN_BRACE -> {
                cursor.advance();
                return braces(cursor);
            }
            case OPEN -> {
                return isTypeHint(cursor) ? typeHint(cursor) : tuple(cursor);
            }
            case CAST -> {
                return cursor.peek(1) == Token.OPEN ? cast(cursor) : call(cursor);
            }
            default -> {
                return call(cursor);
            }
        }
    }

    /** A literal, a null or a marker; null if there is none of them. */
    static @Nullable Term constant(Cursor cursor) {
        switch (cursor.token()) {
            case STRING -> {
                return Term.Literal.string(cursor.takeQuoted());
            }
            case INTEGER -> {
                return new Term.Literal(Term.Literal.Kind.INTEGER, cursor.takeSource());
            }
            case FLOAT_LITERAL -> {
                return new Term.Literal(Term.Literal.Kind.FLOAT, cursor.takeSource());
            }
            case BOOLEAN_LITERAL -> {
                return new Term.Literal(Term.Literal.Kind.BOOLEAN, cursor.takeSource());
            }
            case DURATION_LITERAL -> {
                return new Term.Literal(Term.Literal.Kind.DURATION, cursor.takeSource());
            }
            case UUID_LITERAL -> {
                return new Term.Literal(Term.Literal.Kind.UUID, cursor.takeSource());
            }
            case BLOB_LITERAL -> {
                return new Term.Literal(Term.Literal.Kind.BLOB, cursor.takeSource());
            }
            case NAN, NEGATIVE_NAN -> {
                return floating(cursor, "NaN");
            }
            case INFINITY -> {
                return floating(cursor, "Infinity");
            }
            case NEGATIVE_INFINITY -> {
                return floating(cursor, "-Infinity");
            }
            case NULL -> {
                cursor.advance();
                return NULL;
            }
            case QUESTION_MARK, COLON -> {
                return marker(cursor);
            }
            default -> {
                return null;
            }
        }
    }

    private static Term floating(Cursor cursor, String text) {
        cursor.advance();
        return new Term.Literal(Term.Literal.Kind.FLOAT, text);
    }

    static boolean isMarker(Cursor cursor) {
        return cursor.at(Token.QUESTION_MARK) || cursor.at(Token.COLON);
    }

    static Term.Marker marker(Cursor cursor) {
        if (cursor.accept(Token.QUESTION_MARK)) {
            return new Term.Marker(cursor.nextMarker(), null);
        }
        cursor.expect(Token.COLON);
        return new Term.Marker(cursor.nextMarker(), NameGrammar.name(cursor, "the name of a bind marker"));
    }

    /** An integer or a marker. */
    static Term integer(Cursor cursor) {
        if (cursor.at(Token.INTEGER)) {
            return new Term.Literal(Term.Literal.Kind.INTEGER, cursor.takeSource());
        }
        if (!isMarker(cursor)) {
            throw cursor.unexpected("an integer or a bind marker");
        }
        return marker(cursor);
    }

    /** Terms up to a bracket, which may come at once. */
    static List<Term> terms(Cursor cursor, Token close) {
        if (cursor.accept(close)) {
            return List.of();
        }
        List<Term> terms = new ArrayList<>();
        do {
            terms.add(term(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(close);
        return terms;
    }

    static Term tuple(Cursor cursor) {
        cursor.expect(Token.OPEN);
        if (cursor.at(Token.CLOSE)) {
            throw cursor.unexpected("a term");
        }
        return new Term.Tuple(terms(cursor, Token.CLOSE));
    }

    private static Term braces(Cursor cursor) {
        if (cursor.accept(Token.CLOSE_BRACE)) {
            return new Term.SetOf(List.of());
        }
        if (cursor.token().isName() && cursor.peek(1) == Token.COLON) {
            return userDefined(cursor);
        }
        Term first = term(cursor);
        if (cursor.at(Token.COLON)) {
            return map(cursor, first);
        }
        List<Term> elements = new ArrayList<>();
        elements.add(first);
        while (cursor.accept(Token.COMMA)) {
            elements.add(term(cursor));
        }
        cursor.expect(Token.CLOSE_BRACE);
        return new Term.SetOf(elements);
    }

    private static Term map(Cursor cursor, Term firstKey) {
        List<Term.MapOf.Entry> entries = new ArrayList<>();
        Term key = firstKey;
        while (true) {
            cursor.expect(Token.COLON);
            entries.add(new Term.MapOf.Entry(key, term(cursor)));
            if (!cursor.accept(Token.COMMA)) {
                cursor.expect(Token.CLOSE_BRACE);
                return new Term.MapOf(entries);
            }
            key = term(cursor);
        }
    }

    private static Term userDefined(Cursor cursor) {
        List<Term.UserDefined.Field> fields = new ArrayList<>();
        do {
            String name = NameGrammar.name(cursor, "a field");
            cursor.expect(Token.COLON);
            fields.add(new Term.UserDefined.Field(name, term(cursor)));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE_BRACE);
        return new Term.UserDefined(fields);
    }

    /** Whether the parenthesis holds a type: {@code ('a') 1} is a hint, {@code ('a') - 1} a tuple and a subtraction. */
    private static boolean isTypeHint(Cursor cursor) {
        int mark = cursor.mark();
        cursor.advance();
        boolean hint = TypeGrammar.skip(cursor) && cursor.accept(Token.CLOSE) && beginsSimple(cursor);
        cursor.reset(mark);
        return hint;
    }

    private static boolean beginsSimple(Cursor cursor) {
        Token token = cursor.token();
        return switch (token) {
            case OPEN, OPEN_BRACKET, OPEN_BRACE -> true;
            // : x is a marker; but the colon of : f() and : 1 is that of a map.
            case COLON -> cursor.peek(1).isName() && cursor.peek(2) != Token.OPEN && cursor.peek(2) != Token.DOT;
            default -> token.isConstant() || beginsCall(token, cursor.peek(1));
        };
    }

    private static boolean beginsCall(Token token, Token next) {
        return (next == Token.OPEN && (token.isFunctionName() || token == Token.CAST))
                || (next == Token.DOT && token.isName());
    }

    private static Term typeHint(Cursor cursor) {
        cursor.enter();
        cursor.advance();
        CqlType type = TypeGrammar.type(cursor);
        cursor.expect(Token.CLOSE);
        Term hint = new Term.TypeHint(type, simple(cursor));
        cursor.leave();
        return hint;
    }

    private static Term cast(Cursor cursor) {
        cursor.enter();
        cursor.advance();
        cursor.advance();
        Term term = simple(cursor);
        cursor.expect(Token.AS);
        CqlType.Native type = TypeGrammar.nativeType(cursor);
        cursor.expect(Token.CLOSE);
        cursor.leave();
        return new Term.Cast(term, type);
    }

    private static Term call(Cursor cursor) {
        if (!cursor.token().isFunctionName() && cursor.peek(1) != Token.DOT) {
            throw cursor.unexpected("a term");
        }
        QualifiedName function = NameGrammar.function(cursor);
        cursor.expect(Token.OPEN);
        return new Term.Call(function, terms(cursor, Token.CLOSE));
    }
}
