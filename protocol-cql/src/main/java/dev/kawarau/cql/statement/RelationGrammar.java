package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditions of WHERE and IF. */
final class RelationGrammar {
    private RelationGrammar() {}

    /** What follows WHERE. */
    static List<Relation> where(Cursor cursor) {
        List<Relation> relations = new ArrayList<>();
        do {
            relations.add(cursor.at(Token.EXPRESSION) ? indexExpression(cursor) : parenthesized(cursor));
        } while (cursor.accept(Token.AND));
        return relations;
    }

    private static Relation indexExpression(Cursor cursor) {
        cursor.advance();
        String index = NameGrammar.name(cursor, "an index");
        cursor.expect(Token.COMMA);
        Term term = TermGrammar.term(cursor);
        cursor.expect(Token.CLOSE);
        return new Relation.IndexExpression(index, term);
    }

    /** Parentheses around one relation mean nothing, however many there are. */
    private static Relation parenthesized(Cursor cursor) {
        int open = 0;
        while (cursor.at(Token.OPEN) && !isTuple(cursor)) {
            cursor.advance();
            open++;
        }
        Relation relation = relation(cursor);
        for (int i = 0; i < open; i++) {
            cursor.expect(Token.CLOSE);
        }
        return relation;
    }

    private static boolean isTuple(Cursor cursor) {
        return NameGrammar.isColumnOrEmpty(cursor.peek(1))
                && (cursor.peek(2) == Token.COMMA || cursor.peek(2) == Token.CLOSE);
    }

    private static Relation relation(Cursor cursor) {
        if (cursor.at(Token.OPEN)) {
            return ofTuple(cursor);
        }
        if (cursor.accept(Token.TOKEN)) {
            List<String> columns = NameGrammar.columns(cursor);
            Relation.Operator operator = comparison(cursor);
            return new Relation.TokenComparison(columns, operator, TermGrammar.term(cursor));
        }
        if (!NameGrammar.isColumnOrEmpty(cursor.token())) {
            throw cursor.unexpected("a column");
        }
        String column = NameGrammar.columnOrEmpty(cursor);
        switch (cursor.token()) {
            case LIKE -> {
                cursor.advance();
                return compared(cursor, column, Relation.Operator.LIKE);
            }
            case IS -> {
                cursor.advance();
                cursor.expect(Token.NOT);
                cursor.expect(Token.NULL);
                return new Relation.IsNotNull(column);
            }
            case CONTAINS -> {
                return compared(cursor, column, contains(cursor));
            }
            case IN -> {
                cursor.advance();
                return new Relation.In(new ColumnPath.Column(column), values(cursor));
            }
            case OPEN_BRACKET -> {
                ColumnPath element = element(cursor, column);
                Relation.Operator operator = comparison(cursor);
                return new Relation.Comparison(element, operator, TermGrammar.term(cursor));
            }
            default -> {
                return compared(cursor, column, comparison(cursor));
            }
        }
    }

    private static Relation compared(Cursor cursor, String column, Relation.Operator operator) {
        return new Relation.Comparison(new ColumnPath.Column(column), operator, TermGrammar.term(cursor));
    }

    private static Relation.Operator contains(Cursor cursor) {
        cursor.expect(Token.CONTAINS);
        // In CONTAINS key.f(), the word is a keyspace.
        boolean key = cursor.at(Token.KEY) && cursor.peek(1) != Token.DOT;
        if (key) {
            cursor.advance();
        }
        return key ? Relation.Operator.CONTAINS_KEY : Relation.Operator.CONTAINS;
    }

    static ColumnPath element(Cursor cursor, String column) {
        cursor.expect(Token.OPEN_BRACKET);
        Term key = TermGrammar.term(cursor);
        cursor.expect(Token.CLOSE_BRACKET);
        return new ColumnPath.Element(column, key);
    }

    private static Relation ofTuple(Cursor cursor) {
        List<String> columns = NameGrammar.columns(cursor);
        if (cursor.accept(Token.IN)) {
            return new Relation.TupleIn(columns, tupleValues(cursor));
        }
        Relation.Operator operator = comparison(cursor);
        Term right = TermGrammar.isMarker(cursor) ? TermGrammar.marker(cursor) : TermGrammar.tuple(cursor);
        return new Relation.TupleComparison(columns, operator, right);
    }

    private static Relation.Values values(Cursor cursor) {
        if (TermGrammar.isMarker(cursor)) {
            return new Relation.Values.Bound(TermGrammar.marker(cursor));
        }
        cursor.expect(Token.OPEN);
        return new Relation.Values.Listed(TermGrammar.terms(cursor, Token.CLOSE));
    }

    private static Relation.Values tupleValues(Cursor cursor) {
        if (TermGrammar.isMarker(cursor)) {
            return new Relation.Values.Bound(TermGrammar.marker(cursor));
        }
        cursor.expect(Token.OPEN);
        List<Term> values = new ArrayList<>();
        if (!cursor.at(Token.CLOSE)) {
            boolean markers = TermGrammar.isMarker(cursor);
            do {
                values.add(markers ? TermGrammar.marker(cursor) : TermGrammar.tuple(cursor));
            } while (cursor.accept(Token.COMMA));
        }
        cursor.expect(Token.CLOSE);
        return new Relation.Values.Listed(values);
    }

    private static Relation.Operator comparison(Cursor cursor) {
        Relation.Operator operator = operator(cursor.token());
        if (operator == null) {
            throw cursor.unexpected("an operator");
        }
        cursor.advance();
        return operator;
    }

    private static Relation.@Nullable Operator operator(Token token) {
        return switch (token) {
            case EQUAL -> Relation.Operator.EQUAL;
            case NOT_EQUAL -> Relation.Operator.NOT_EQUAL;
            case LESS -> Relation.Operator.LESS;
            case LESS_OR_EQUAL -> Relation.Operator.LESS_OR_EQUAL;
            case GREATER -> Relation.Operator.GREATER;
            case GREATER_OR_EQUAL -> Relation.Operator.GREATER_OR_EQUAL;
            default -> null;
        };
    }

    /** What follows the IF of an UPDATE or a DELETE, if it is not EXISTS. */
    static List<Relation> conditions(Cursor cursor) {
        List<Relation> conditions = new ArrayList<>();
        do {
            conditions.add(condition(cursor));
        } while (cursor.accept(Token.AND));
        return conditions;
    }

    private static Relation condition(Cursor cursor) {
        ColumnPath path = path(cursor);
        if (path instanceof ColumnPath.Column && cursor.at(Token.CONTAINS)) {
            Relation.Operator operator = contains(cursor);
            return new Relation.Comparison(path, operator, TermGrammar.term(cursor));
        }
        if (cursor.accept(Token.IN)) {
            return new Relation.In(path, values(cursor));
        }
        Relation.Operator operator = comparison(cursor);
        return new Relation.Comparison(path, operator, TermGrammar.term(cursor));
    }

    /** A column, an element of one or a field of one. */
    static ColumnPath path(Cursor cursor) {
        String column = NameGrammar.columnOrEmpty(cursor);
        if (cursor.at(Token.OPEN_BRACKET)) {
            return element(cursor, column);
        }
        if (cursor.accept(Token.DOT)) {
            return new ColumnPath.Field(column, NameGrammar.name(cursor, "a field"));
        }
        return new ColumnPath.Column(column);
    }
}
