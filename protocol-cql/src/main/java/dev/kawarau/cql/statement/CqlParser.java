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
            case CREATE -> create(cursor);
            case ALTER -> alter(cursor);
            case DROP -> drop(cursor);
            case GRANT -> PermissionGrammar.grant(cursor);
            case REVOKE -> PermissionGrammar.revoke(cursor);
            case LIST -> RoleGrammar.list(cursor);
            case ADD -> RoleGrammar.addIdentity(cursor);
            case DESCRIBE, DESC -> DescribeGrammar.describe(cursor);
            default -> throw cursor.unexpected("a statement");
        };
    }

    private static CqlStatement create(Cursor cursor) {
        cursor.advance();
        if (cursor.accept(Token.OR, Token.REPLACE)) {
            if (cursor.accept(Token.FUNCTION)) {
                return SchemaGrammar.createFunction(cursor, true);
            }
            cursor.expect(Token.AGGREGATE);
            return SchemaGrammar.createAggregate(cursor, true);
        }
        Token what = cursor.token();
        int mark = cursor.mark();
        cursor.advance();
        return switch (what) {
            case KEYSPACE -> SchemaGrammar.createKeyspace(cursor);
            case TABLE -> TableGrammar.create(cursor);
            case TYPE -> SchemaGrammar.createType(cursor);
            case INDEX -> SchemaGrammar.createIndex(cursor, false);
            case CUSTOM -> {
                cursor.expect(Token.INDEX);
                yield SchemaGrammar.createIndex(cursor, true);
            }
            case MATERIALIZED -> {
                cursor.expect(Token.VIEW);
                yield SchemaGrammar.createView(cursor);
            }
            case FUNCTION -> SchemaGrammar.createFunction(cursor, false);
            case AGGREGATE -> SchemaGrammar.createAggregate(cursor, false);
            case TRIGGER -> SchemaGrammar.createTrigger(cursor);
            case ROLE -> RoleGrammar.createRole(cursor);
            case USER -> RoleGrammar.createUser(cursor);
            default -> {
                cursor.reset(mark);
                throw cursor.unexpected("something that can be created");
            }
        };
    }

    private static CqlStatement alter(Cursor cursor) {
        cursor.advance();
        Token what = cursor.token();
        int mark = cursor.mark();
        cursor.advance();
        return switch (what) {
            case KEYSPACE -> SchemaGrammar.alterKeyspace(cursor);
            case TABLE -> TableGrammar.alter(cursor);
            case TYPE -> SchemaGrammar.alterType(cursor);
            case MATERIALIZED -> {
                cursor.expect(Token.VIEW);
                yield SchemaGrammar.alterView(cursor);
            }
            case ROLE -> RoleGrammar.alterRole(cursor);
            case USER -> RoleGrammar.alterUser(cursor);
            default -> {
                cursor.reset(mark);
                throw cursor.unexpected("something that can be altered");
            }
        };
    }

    private static CqlStatement drop(Cursor cursor) {
        cursor.advance();
        Token what = cursor.token();
        int mark = cursor.mark();
        cursor.advance();
        return switch (what) {
            case KEYSPACE -> SchemaGrammar.dropKeyspace(cursor);
            case TABLE -> {
                boolean ifExists = SchemaGrammar.ifExists(cursor);
                yield new TableStatement.DropTable(ifExists, NameGrammar.table(cursor));
            }
            case TYPE -> {
                boolean ifExists = SchemaGrammar.ifExists(cursor);
                yield new TypeStatement.DropType(ifExists, TypeGrammar.name(cursor));
            }
            case INDEX -> SchemaGrammar.dropIndex(cursor);
            case MATERIALIZED -> {
                cursor.expect(Token.VIEW);
                boolean ifExists = SchemaGrammar.ifExists(cursor);
                yield new ViewStatement.DropView(ifExists, NameGrammar.table(cursor));
            }
            case FUNCTION -> SchemaGrammar.dropFunction(cursor);
            case AGGREGATE -> SchemaGrammar.dropAggregate(cursor);
            case TRIGGER -> SchemaGrammar.dropTrigger(cursor);
            case ROLE -> RoleGrammar.dropRole(cursor);
            case USER -> RoleGrammar.dropUser(cursor);
            case IDENTITY -> RoleGrammar.dropIdentity(cursor);
            default -> {
                cursor.reset(mark);
                throw cursor.unexpected("something that can be dropped");
            }
        };
    }
}
