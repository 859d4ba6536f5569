package dev.kawarau.cql.statement;

/**
 * Parses statements of CQL 3, as Cassandra 5.0 takes them. Its lexer and its grammar are one for one those of the
 * server: what they refuse, and would answer with a syntax error, is refused here. Keywords that only newer versions
 * have are no keywords.
 *
 * <p>Any text is safe to parse: it takes time and memory in proportion to the text's length, and a stack of a fixed
 * size. Brackets that nest deeper than 40 levels are refused.
 */
public final class CqlParser {
    private CqlParser() {}

    /**
     * Parses one statement.
     *
     * @param cql may end with semicolons
     * @throws CqlSyntaxException if it is none
     */
    public static CqlStatement parse(String cql) {
        Cursor cursor = new Cursor(cql);
        CqlStatement statement = statement(cursor);
        while (cursor.accept(Token.SEMICOLON)) {
            // Any number of them.
        }
        cursor.expect(Token.END);
        return statement;
    }

    private static CqlStatement statement(Cursor cursor) {
        return switch (cursor.token()) {
            case SELECT -> DataGrammar.select(cursor);
            case INSERT -> DataGrammar.insert(cursor);
            case UPDATE -> DataGrammar.update(cursor);
            case DELETE -> DataGrammar.delete(cursor);
            case BEGIN -> DataGrammar.batch(cursor);
            case USE -> DataGrammar.use(cursor);
            case TRUNCATE -> DataGrammar.truncate(cursor);
            default -> throw cursor.unexpected("a statement");
        };
    }
}
