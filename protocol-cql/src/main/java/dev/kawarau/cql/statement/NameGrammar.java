package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;

/** Names of all things. */
final class NameGrammar {
    private NameGrammar() {}

    /** A name that is quoted, or folded to lower case. */
    static String name(Cursor cursor, String what) {
        switch (cursor.token()) {
            case IDENTIFIER -> {
                return cursor.takeFolded();
            }
            case QUOTED_NAME -> {
                return cursor.takeQuoted();
            }
            default -> {
                if (cursor.token().isUnreserved()) {
                    return cursor.takeFolded();
                }
                throw cursor.unexpected(what);
            }
        }
    }

    static String column(Cursor cursor) {
        return name(cursor, "a column");
    }

    /** A column of a statement on data: tables from before CQL have one whose name is empty. */
    static String columnOrEmpty(Cursor cursor) {
        if (cursor.accept(Token.EMPTY_QUOTED_NAME)) {
            return "";
        }
        return column(cursor);
    }

    /** Whether {@link #columnOrEmpty} would find one. */
    static boolean isColumnOrEmpty(Token token) {
        return token.isName() || token == Token.EMPTY_QUOTED_NAME;
    }

    static String keyspace(Cursor cursor) {
        return name(cursor, "a keyspace");
    }

    static QualifiedName table(Cursor cursor) {
        return qualified(cursor, "a table");
    }

    static QualifiedName qualified(Cursor cursor, String what) {
        String name = name(cursor, what);
        return cursor.accept(Token.DOT) ? new QualifiedName(name, name(cursor, what)) : new QualifiedName(null, name);
    }

    /** The name of a function. A keyword keeps its case there, unless it is a type's. */
    static QualifiedName function(Cursor cursor) {
        String keyspace = null;
        if (cursor.token().isName() && cursor.peek(1) == Token.DOT) {
            keyspace = keyspace(cursor);
            cursor.advance();
        }
        return new QualifiedName(keyspace, unqualifiedFunction(cursor));
    }

    static String unqualifiedFunction(Cursor cursor) {
        Token token = cursor.token();
        if (!token.isFunctionName()) {
            throw cursor.unexpected("a function");
        }
        if (token == Token.QUOTED_NAME) {
            return cursor.takeQuoted();
        }
        boolean folds = token == Token.IDENTIFIER || token.isType() || token == Token.TOKEN || token == Token.COUNT;
        return folds ? cursor.takeFolded() : cursor.takeSource();
    }

    /** Columns between parentheses, at least one. */
    static List<String> columns(Cursor cursor) {
        cursor.expect(Token.OPEN);
        List<String> columns = new ArrayList<>();
        do {
            columns.add(columnOrEmpty(cursor));
        } while (cursor.accept(Token.COMMA));
        cursor.expect(Token.CLOSE);
        return columns;
    }
}
