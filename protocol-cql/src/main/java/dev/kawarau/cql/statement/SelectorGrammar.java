package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a SELECT answers with. */
final class SelectorGrammar {
    private SelectorGrammar() {}

    static Selector selector(Cursor cursor) {
        cursor.enter();
        Selector first = product(cursor);
        if (cursor.at(Token.PLUS) || cursor.at(Token.MINUS)) {
            first = sum(cursor, first);
        }
        cursor.leave();
        return first;
    }

    private static Selector sum(Cursor cursor, Selector first) {
        List<Selector.Arithmetic.Step> steps = new ArrayList<>();
        while (cursor.at(Token.PLUS) || cursor.at(Token.MINUS)) {
            ArithmeticOperator operator = cursor.at(Token.PLUS) ? ArithmeticOperator.ADD : ArithmeticOperator.SUBTRACT;
            cursor.advance();
            steps.add(new Selector.Arithmetic.Step(operator, product(cursor)));
        }
        return new Selector.Arithmetic(first, steps);
    }

    private static Selector product(Cursor cursor) {
        Selector first = signed(cursor);
        ArithmeticOperator operator = TermGrammar.multiplicative(cursor.token());
        if (operator == null) {
            return first;
        }
        List<Selector.Arithmetic.Step> steps = new ArrayList<>();
        while (operator != null) {
            cursor.advance();
            steps.add(new Selector.Arithmetic.Step(operator, signed(cursor)));
            operator = TermGrammar.multiplicative(cursor.token());
        }
        return new Selector.Arithmetic(first, steps);
    }

    private static Selector signed(Cursor cursor) {
        if (!cursor.at(Token.MINUS)) {
            return path(cursor, simple(cursor));
        }
        cursor.enter();
        cursor.advance();
        Selector negation = new Selector.Negation(signed(cursor));
        cursor.leave();
        return negation;
    }

    private static Selector path(Cursor cursor, Selector of) {
        if (!cursor.at(Token.DOT) && !cursor.at(Token.OPEN_BRACKET)) {
            return of;
        }
        List<Selector.Part> parts = new ArrayList<>();
        while (true) {
            if (cursor.accept(Token.DOT)) {
                parts.add(new Selector.Part.Field(NameGrammar.name(cursor, "a field")));
            } else if (cursor.accept(Token.OPEN_BRACKET)) {
                parts.add(elements(cursor));
            } else {
                return new Selector.Path(of, parts);
            }
        }
    }

    private static Selector.Part elements(Cursor cursor) {
        Term from = cursor.at(Token.RANGE) ? null : TermGrammar.term(cursor);
        if (from != null && cursor.accept(Token.CLOSE_BRACKET)) {
            return new Selector.Part.Element(from);
        }
        cursor.expect(Token.RANGE);
        boolean open = from != null && cursor.at(Token.CLOSE_BRACKET);
        Term to = open ? null : TermGrammar.term(cursor);
        cursor.expect(Token.CLOSE_BRACKET);
        return new Selector.Part.Slice(from, to);
    }

    private static Selector simple(Cursor cursor) {
        Term constant = TermGrammar.constant(cursor);
        if (constant != null) {
            return new Selector.Value(constant);
        }
        switch (cursor.token()) {
            case OPEN -> {
                return isTypeHint(cursor) ? typeHint(cursor) : tuple(cursor);
            }
            case OPEN_BRACKET -> {
                cursor.advance();
                return new Selector.ListOf(selectors(cursor, Token.CLOSE_BRACKET));
            }
            case OPEN_BRACE -> {
                cursor.advance();
                return braces(cursor);
            }
            default -> {
                Selector call = callOfKeyword(cursor);
                if (call != null) {
                    return call;
                }
                return isCall(cursor) ? call(cursor) : column(cursor);
            }
        }
    }

    private static @Nullable Selector callOfKeyword(Cursor cursor) {
        Token token = cursor.token();
        if (token != Token.COUNT
                && token != Token.WRITETIME
                && token != Token.MAXWRITETIME
                && token != Token.TTL
                && token != Token.CAST) {
            return null;
        }
        if (cursor.peek(1) != Token.OPEN) {
            return null;
        }
        return switch (token) {
            case COUNT -> cursor.peek(2) == Token.STAR ? countRows(cursor) : null;
            case CAST -> cast(cursor);
            case TTL -> cellProperty(cursor, Selector.CellProperty.Kind.TTL);
            case WRITETIME -> cellProperty(cursor, Selector.CellProperty.Kind.WRITETIME);
            default -> cellProperty(cursor, Selector.CellProperty.Kind.MAXWRITETIME);
        };
    }

    private static Selector countRows(Cursor cursor) {
        cursor.advance();
        cursor.advance();
        cursor.advance();
        cursor.expect(Token.CLOSE);
        return new Selector.CountRows();
    }

    private static Selector cellProperty(Cursor cursor, Selector.CellProperty.Kind kind) {
        cursor.advance();
        cursor.advance();
        Selector of = path(cursor, column(cursor));
        cursor.expect(Token.CLOSE);
        return new Selector.CellProperty(kind, of);
    }

    private static Selector cast(Cursor cursor) {
        cursor.advance();
        cursor.advance();
        Selector selector = selector(cursor);
        cursor.expect(Token.AS);
        CqlType.Native type = TypeGrammar.nativeType(cursor);
        cursor.expect(Token.CLOSE);
        return new Selector.Cast(selector, type);
    }

    private static boolean isCall(Cursor cursor) {
        Token token = cursor.token();
        if (token == Token.TOKEN) {
            return true;
        }
        if (token.isName() && cursor.peek(1) == Token.DOT) {
            return cursor.peek(2).isFunctionName() && cursor.peek(3) == Token.OPEN;
        }
        return token.isFunctionName() && cursor.peek(1) == Token.OPEN;
    }

    private static Selector call(Cursor cursor) {
        QualifiedName function = NameGrammar.function(cursor);
        cursor.expect(Token.OPEN);
        return new Selector.Call(function, selectors(cursor, Token.CLOSE));
    }

    private static Selector column(Cursor cursor) {
        return new Selector.Column(NameGrammar.name(cursor, "a selector"));
    }

    /** Selectors up to a bracket, which may come at once. */
    private static List<Selector> selectors(Cursor cursor, Token close) {
        if (cursor.accept(close)) {
            return List.of();
        }
        List<Selector> selectors = new ArrayList<>();
        do {
            selectors.add(selector(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(close);
        return selectors;
    }

    private static Selector tuple(Cursor cursor) {
        cursor.advance();
        if (cursor.at(Token.CLOSE)) {
            throw cursor.unexpected("a selector");
        }
        return new Selector.Tuple(selectors(cursor, Token.CLOSE));
    }

    private static Selector braces(Cursor cursor) {
        if (cursor.accept(Token.CLOSE_BRACE)) {
            return new Selector.SetOf(List.of());
        }
        Selector first = selector(cursor);
        if (cursor.at(Token.COLON)) {
            return map(cursor, first);
        }
        List<Selector> elements = new ArrayList<>();
        elements.add(first);
        while (cursor.accept(Token.COMMA)) {
            elements.add(selector(cursor));
        }
        cursor.expect(Token.CLOSE_BRACE);
        return new Selector.SetOf(elements);
    }

    private static Selector map(Cursor cursor, Selector firstKey) {
        List<Selector.MapOf.Entry> entries = new ArrayList<>();
        Selector key = firstKey;
        while (true) {
            cursor.expect(Token.COLON);
            entries.add(new Selector.MapOf.Entry(key, selector(cursor)));
            if (!cursor.accept(Token.COMMA)) {
                cursor.expect(Token.CLOSE_BRACE);
                return new Selector.MapOf(entries);
            }
            key = selector(cursor);
        }
    }

    private static boolean isTypeHint(Cursor cursor) {
        int mark = cursor.mark();
        cursor.advance();
        boolean hint = TypeGrammar.skip(cursor) && cursor.accept(Token.CLOSE) && beginsOperand(cursor);
        cursor.reset(mark);
        return hint;
    }

    private static Selector typeHint(Cursor cursor) {
        cursor.enter();
        cursor.advance();
        CqlType type = TypeGrammar.type(cursor);
        cursor.expect(Token.CLOSE);
        Selector hint = new Selector.TypeHint(type, simple(cursor));
        cursor.leave();
        return hint;
    }

    /**
     * Whether what comes next is the operand of what came before, and does not carry it on: {@code [1]} is a list there,
     * but {@code [1..2]} takes a part of it; {@code : x} is a marker, but the colon of {@code : 1} that of a map; {@code
     * AS x} gives it an alias.
     */
    private static boolean beginsOperand(Cursor cursor) {
        Token token = cursor.token();
        return switch (token) {
            case OPEN, OPEN_BRACE, TOKEN -> true;
            case OPEN_BRACKET -> !holdsRange(cursor);
            case COLON -> cursor.peek(1).isName();
            case AS -> !cursor.peek(1).isName() || cursor.peek(1) == Token.AS || cursor.peek(1) == Token.PER;
            case PER -> cursor.peek(1) != Token.PARTITION;
            default -> token.isName() || token.isConstant();
        };
    }

    private static boolean holdsRange(Cursor cursor) {
        int mark = cursor.mark();
        int open = 0;
        boolean range = false;
        do {
            switch (cursor.token()) {
                case OPEN, OPEN_BRACKET, OPEN_BRACE -> open++;
                case CLOSE, CLOSE_BRACKET, CLOSE_BRACE, END -> open--;
                case RANGE -> range |= open == 1;
                default -> {}
            }
            cursor.advance();
        } while (open > 0 && !range && !cursor.at(Token.END));
        cursor.reset(mark);
        return range;
    }

    /** Passes JSON or DISTINCT if it is that, and not the name of a column. */
    static boolean acceptModifier(Cursor cursor, Token modifier) {
        if (!cursor.at(modifier)) {
            return false;
        }
        int mark = cursor.mark();
        cursor.advance();
        // SELECT json AS as has a column json; but (a) AS as is a column as with a type, and may have an alias.
        boolean alias = cursor.at(Token.AS)
                && cursor.peek(1) == Token.AS
                && !cursor.peek(2).isName();
        if (!alias && (cursor.at(Token.STAR) || cursor.at(Token.MINUS) || beginsOperand(cursor))) {
            return true;
        }
        cursor.reset(mark);
        return false;
    }

    /** What a SELECT or a view answers with: none for all columns. */
    static List<Selection> selections(Cursor cursor) {
        if (cursor.accept(Token.STAR)) {
            return List.of();
        }
        List<Selection> selections = new ArrayList<>();
        do {
            Selector selector = selector(cursor);
            String alias = cursor.accept(Token.AS) ? NameGrammar.name(cursor, "an alias") : null;
            selections.add(new Selection(selector, alias));
        } while (cursor.accept(Token.COMMA));
        return selections;
    }
}
