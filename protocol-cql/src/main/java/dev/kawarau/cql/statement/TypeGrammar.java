package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;

/** Types. */
final class TypeGrammar {
    private TypeGrammar() {}

    static CqlType type(Cursor cursor) {
        cursor.enter();
        CqlType type = any(cursor);
        cursor.leave();
        return type;
    }

    private static CqlType any(Cursor cursor) {
        Token token = cursor.token();
        if (token.isType() && cursor.peek(1) != Token.DOT) {
            return nativeType(cursor);
        }
        if (token == Token.STRING) {
            return new CqlType.Custom(cursor.takeQuoted());
        }
        if (token == Token.SET) {
            cursor.advance();
            cursor.expect(Token.LESS);
            return new CqlType.SetOf(last(cursor));
        }
        if (!token.isUnreserved() || cursor.peek(1) != Token.LESS) {
            return new CqlType.UserDefined(name(cursor));
        }
        return parameterized(cursor, token);
    }

    private static CqlType parameterized(Cursor cursor, Token token) {
        int mark = cursor.mark();
        cursor.advance();
        cursor.advance();
        switch (token) {
            case LIST -> {
                return new CqlType.ListOf(last(cursor));
            }
            case MAP -> {
                CqlType key = type(cursor);
                cursor.expect(Token.COMMA);
                return new CqlType.MapOf(key, last(cursor));
            }
            case TUPLE -> {
                List<CqlType> elements = types(cursor);
                cursor.expect(Token.GREATER);
                return new CqlType.Tuple(elements);
            }
            case VECTOR -> {
                CqlType element = type(cursor);
                cursor.expect(Token.COMMA);
                return new CqlType.Vector(element, dimension(cursor));
            }
            case FROZEN -> {
                CqlType type = last(cursor);
                if (type instanceof CqlType.Native || type instanceof CqlType.Custom) {
                    throw cursor.errorAt(
                            mark, "only collections, tuples, vectors and user-defined types can be frozen");
                }
                return new CqlType.Frozen(type);
            }
            default -> throw cursor.errorAt(mark, "expected list, map, tuple, vector or frozen before '<'");
        }
    }

    private static CqlType last(Cursor cursor) {
        CqlType type = type(cursor);
        cursor.expect(Token.GREATER);
        return type;
    }

    private static int dimension(Cursor cursor) {
        if (!cursor.at(Token.INTEGER)) {
            throw cursor.unexpected("the dimension of a vector");
        }
        int dimension;
        try {
            dimension = Integer.parseInt(cursor.source());
        } catch (NumberFormatException e) {
            throw cursor.error("the dimension of a vector is out of range");
        }
        cursor.advance();
        cursor.expect(Token.GREATER);
        return dimension;
    }

    /** One type and more, between commas. */
    static List<CqlType> types(Cursor cursor) {
        List<CqlType> types = new ArrayList<>();
        do {
            types.add(type(cursor));
        } while (cursor.accept(Token.COMMA));
        return types;
    }

    /** Types between parentheses, if any. */
    static List<CqlType> arguments(Cursor cursor) {
        cursor.expect(Token.OPEN);
        List<CqlType> types = cursor.at(Token.CLOSE) ? List.of() : types(cursor);
        cursor.expect(Token.CLOSE);
        return types;
    }

    static CqlType.Native nativeType(Cursor cursor) {
        Token token = cursor.token();
        if (!token.isType()) {
            throw cursor.unexpected("a native type");
        }
        cursor.advance();
        return CqlType.Native.valueOf(token.name());
    }

    /** The name of a user-defined type. */
    static QualifiedName name(Cursor cursor) {
        String keyspace = null;
        if (cursor.token().isName() && cursor.peek(1) == Token.DOT) {
            keyspace = NameGrammar.keyspace(cursor);
            cursor.advance();
        }
        Token token = cursor.token();
        if (!token.isTypeName()) {
            throw cursor.unexpected("a type");
        }
        // As the server has it, that is if they are written in lower case.
        if (token == Token.IDENTIFIER && isReserved(cursor.source())) {
            throw cursor.error("the name of the type is reserved");
        }
        return new QualifiedName(keyspace, NameGrammar.name(cursor, "a type"));
    }

    /** Whether a name is kept for a type that may come to be, unless it is quoted. */
    static boolean isReserved(String name) {
        return switch (name) {
            case "bitstring", "byte", "complex", "enum", "interval", "macaddr" -> true;
            default -> false;
        };
    }

    /** Passes something that looks like a type, and is cheaper to pass than to parse; says whether it was there. */
    static boolean skip(Cursor cursor) {
        Token token = cursor.token();
        if (token == Token.STRING || (token.isType() && cursor.peek(1) != Token.DOT)) {
            cursor.advance();
            return true;
        }
        if ((token == Token.SET || token.isUnreserved()) && cursor.peek(1) == Token.LESS) {
            cursor.advance();
            return skipParameters(cursor);
        }
        if (token.isName() && cursor.peek(1) == Token.DOT) {
            cursor.advance();
            cursor.advance();
        }
        if (!cursor.token().isTypeName()) {
            return false;
        }
        cursor.advance();
        return true;
    }

    private static boolean skipParameters(Cursor cursor) {
        int open = 0;
        while (true) {
            Token token = cursor.token();
            if (token == Token.LESS) {
                open++;
            } else if (token == Token.GREATER) {
                open--;
            } else if (!token.isName()
                    && token != Token.SET
                    && token != Token.STRING
                    && token != Token.COMMA
                    && token != Token.DOT
                    && token != Token.INTEGER) {
                return false;
            }
            cursor.advance();
            if (open == 0) {
                return true;
            }
        }
    }
}
