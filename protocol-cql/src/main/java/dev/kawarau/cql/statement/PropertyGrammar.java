package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What follows WITH in statements on the schema. */
final class PropertyGrammar {
    private PropertyGrammar() {}

    /** One property and more; no name twice. */
    static List<Property> properties(Cursor cursor) {
        List<Property> properties = new ArrayList<>();
        Set<String> names = new HashSet<>();
        do {
            properties.add(property(cursor, names));
        } while (cursor.accept(Token.AND));
        return properties;
    }

    /** What stands behind WITH, if that is there. */
    static List<Property> optional(Cursor cursor) {
        return cursor.accept(Token.WITH) ? properties(cursor) : List.of();
    }

    /**
     * One property.
     *
     * @param names those before it
     */
    static Property property(Cursor cursor, Set<String> names) {
        int mark = cursor.mark();
        String name = NameGrammar.name(cursor, "a property");
        if (!names.add(name)) {
            throw cursor.errorAt(mark, "the property " + name + " is set more than once");
        }
        cursor.expect(Token.EQUAL);
        return new Property(name, value(cursor));
    }

    private static Property.Value value(Cursor cursor) {
        if (cursor.at(Token.OPEN_BRACE)) {
            return new Property.Value.MapOf(entries(cursor));
        }
        Token token = cursor.token();
        if (token.isUnreserved()) {
            // The server makes a string of a keyword: with its case, unless it is a type's.
            String word = token.isType() ? cursor.takeFolded() : cursor.takeSource();
            return new Property.Value.Single(Term.Literal.string(word));
        }
        Term.Literal literal = literal(cursor);
        if (literal == null) {
            throw cursor.unexpected("a literal, a keyword or a map of literals");
        }
        return new Property.Value.Single(literal);
    }

    private static Term.@Nullable Literal literal(Cursor cursor) {
        if (TermGrammar.isMarker(cursor)) {
            throw cursor.error("a bind marker cannot be part of the schema");
        }
        return TermGrammar.constant(cursor) instanceof Term.Literal literal ? literal : null;
    }

    /** A map whose keys and values are literals; no key twice. */
    static List<Property.Entry> entries(Cursor cursor) {
        cursor.expect(Token.OPEN_BRACE);
        List<Property.Entry> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        if (!cursor.at(Token.CLOSE_BRACE)) {
            do {
                int mark = cursor.mark();
                Term.Literal key = required(cursor);
                cursor.expect(Token.COLON);
                entries.add(new Property.Entry(key, required(cursor)));
                if (!keys.add(key.text())) {
                    throw cursor.errorAt(mark, "the key is there more than once");
                }
            } while (cursor.accept(Token.COMMA));
        }
        cursor.expect(Token.CLOSE_BRACE);
        return entries;
    }

    private static Term.Literal required(Cursor cursor) {
        int mark = cursor.mark();
        Term.Literal literal = literal(cursor);
        if (literal == null) {
            throw cursor.errorAt(mark, "expected a literal");
        }
        return literal;
    }

    /** What stands behind WITH when a table or a view is made. */
    static List<TableOption> tableOptions(Cursor cursor, boolean ofTable) {
        if (!cursor.accept(Token.WITH)) {
            return List.of();
        }
        List<TableOption> options = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> ordered = new HashSet<>();
        do {
            Token next = cursor.peek(1);
            if (cursor.at(Token.COMPACT) && next == Token.STORAGE) {
                if (!ofTable) {
                    throw cursor.error("a view has no COMPACT STORAGE");
                }
                cursor.advance();
                cursor.advance();
                options.add(new TableOption.CompactStorage());
            } else if (cursor.at(Token.CLUSTERING) && next == Token.ORDER) {
                options.add(clusteringOrder(cursor, ordered));
            } else {
                options.add(property(cursor, names));
            }
        } while (cursor.accept(Token.AND));
        return options;
    }

    private static TableOption clusteringOrder(Cursor cursor, Set<String> ordered) {
        cursor.advance();
        cursor.advance();
        cursor.expect(Token.BY);
        cursor.expect(Token.OPEN);
        List<TableOption.ClusteringOrder.Column> columns = new ArrayList<>();
        do {
            int mark = cursor.mark();
            String column = NameGrammar.column(cursor);
            boolean descending = cursor.accept(Token.DESC);
            if (!descending) {
                cursor.expect(Token.ASC);
            }
            if (!ordered.add(column)) {
                throw cursor.errorAt(mark, "the column is ordered by more than once");
            }
            columns.add(new TableOption.ClusteringOrder.Column(column, descending));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE);
        return new TableOption.ClusteringOrder(columns);
    }
}
