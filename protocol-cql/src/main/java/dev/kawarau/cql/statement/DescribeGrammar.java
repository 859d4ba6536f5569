package dev.kawarau.cql.statement;

/** DESCRIBE. */
final class DescribeGrammar {
    private DescribeGrammar() {}

    static Describe describe(Cursor cursor) {
        cursor.advance();
        Describe what = what(cursor);
        boolean withInternals = cursor.accept(Token.WITH, Token.INTERNALS);
        return withInternals ? new Describe(what.what(), what.keyspace(), what.name(), true) : what;
    }

    private static Describe what(Cursor cursor) {
        Token next = cursor.at(Token.END) ? Token.END : cursor.peek(1);
        return switch (cursor.token()) {
            case CLUSTER -> all(cursor, Describe.What.CLUSTER);
            case SCHEMA -> all(cursor, Describe.What.SCHEMA);
            case FULL -> {
                cursor.advance();
                cursor.expect(Token.SCHEMA);
                yield new Describe(Describe.What.FULL_SCHEMA, null, null, false);
            }
            case KEYSPACES -> all(cursor, Describe.What.KEYSPACES);
            case TABLES -> all(cursor, Describe.What.TABLES);
            case TYPES -> all(cursor, Describe.What.TYPES);
            case FUNCTIONS -> all(cursor, Describe.What.FUNCTIONS);
            case AGGREGATES -> all(cursor, Describe.What.AGGREGATES);
            case KEYSPACE -> keyspace(cursor, Describe.What.KEYSPACE);
            case ONLY -> {
                if (next != Token.KEYSPACE) {
                    yield anything(cursor);
                }
                cursor.advance();
                yield keyspace(cursor, Describe.What.ONLY_KEYSPACE);
            }
            case TABLE -> named(cursor, Describe.What.TABLE);
            case INDEX -> named(cursor, Describe.What.INDEX);
            case MATERIALIZED -> {
                cursor.advance();
                if (!cursor.at(Token.VIEW)) {
                    throw cursor.unexpected("VIEW");
                }
                yield named(cursor, Describe.What.MATERIALIZED_VIEW);
            }
            case TYPE -> {
                if (!next.isName()) {
                    yield anything(cursor);
                }
                cursor.advance();
                yield of(Describe.What.TYPE, TypeGrammar.name(cursor));
            }
            case FUNCTION, AGGREGATE -> {
                if (!next.isName() && !next.isFunctionName()) {
                    yield anything(cursor);
                }
                Describe.What what = cursor.at(Token.FUNCTION) ? Describe.What.FUNCTION : Describe.What.AGGREGATE;
                cursor.advance();
                yield of(what, NameGrammar.function(cursor));
            }
            default -> anything(cursor);
        };
    }

    private static Describe all(Cursor cursor, Describe.What what) {
        cursor.advance();
        return new Describe(what, null, null, false);
    }

    private static Describe keyspace(Cursor cursor, Describe.What what) {
        cursor.advance();
        boolean named = cursor.token().isName();
        return new Describe(what, named ? NameGrammar.keyspace(cursor) : null, null, false);
    }

    private static Describe named(Cursor cursor, Describe.What what) {
        cursor.advance();
        return of(what, NameGrammar.qualified(cursor, "a name"));
    }

    private static Describe anything(Cursor cursor) {
        return of(Describe.What.ANY, NameGrammar.qualified(cursor, "something that can be described"));
    }

    private static Describe of(Describe.What what, QualifiedName name) {
        return new Describe(what, name.keyspace(), name.name(), false);
    }
}
