package dev.kawarau.cql.statement;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the text of a statement is made of. A constant and not an object for each token: a lexer allocates nothing. */
enum Token {
    ADD(Role.RESERVED),
    ALLOW(Role.RESERVED),
    ALTER(Role.RESERVED),
    AND(Role.RESERVED),
    APPLY(Role.RESERVED),
    ASC(Role.RESERVED),
    AUTHORIZE(Role.RESERVED),
    BATCH(Role.RESERVED),
    BEGIN(Role.RESERVED),
    BY(Role.RESERVED),
    CREATE(Role.RESERVED),
    DELETE(Role.RESERVED),
    DESC(Role.RESERVED),
    DESCRIBE(Role.RESERVED),
    DROP(Role.RESERVED),
    ENTRIES(Role.RESERVED),
    EXECUTE(Role.RESERVED),
    FROM(Role.RESERVED),
    FULL(Role.RESERVED),
    GRANT(Role.RESERVED),
    IF(Role.RESERVED),
    IN(Role.RESERVED),
    INDEX(Role.RESERVED),
    INSERT(Role.RESERVED),
    INTO(Role.RESERVED),
    IS(Role.RESERVED),
    KEYSPACE(Role.RESERVED),
    LIMIT(Role.RESERVED),
    MATERIALIZED(Role.RESERVED),
    MODIFY(Role.RESERVED),
    NORECURSIVE(Role.RESERVED),
    NOT(Role.RESERVED),
    NULL(Role.RESERVED),
    OF(Role.RESERVED),
    ON(Role.RESERVED),
    OR(Role.RESERVED),
    ORDER(Role.RESERVED),
    PRIMARY(Role.RESERVED),
    RENAME(Role.RESERVED),
    REVOKE(Role.RESERVED),
    SCHEMA(Role.RESERVED),
    SELECT(Role.RESERVED),
    SET(Role.RESERVED),
    TABLE(Role.RESERVED),
    TO(Role.RESERVED),
    TOKEN(Role.RESERVED),
    TRUNCATE(Role.RESERVED),
    UNLOGGED(Role.RESERVED),
    UPDATE(Role.RESERVED),
    USE(Role.RESERVED),
    USING(Role.RESERVED),
    VIEW(Role.RESERVED),
    WHERE(Role.RESERVED),
    WITH(Role.RESERVED),
    NAN(Role.RESERVED),
    INFINITY(Role.RESERVED),

    ACCESS(Role.UNRESERVED),
    AGGREGATE(Role.UNRESERVED),
    AGGREGATES(Role.UNRESERVED),
    ALL(Role.UNRESERVED),
    ANN(Role.UNRESERVED),
    AS(Role.UNRESERVED),
    CALLED(Role.UNRESERVED),
    CIDRS(Role.UNRESERVED),
    CLUSTER(Role.UNRESERVED),
    CLUSTERING(Role.UNRESERVED),
    COMPACT(Role.UNRESERVED),
    CONTAINS(Role.UNRESERVED),
    CUSTOM(Role.UNRESERVED),
    DATACENTERS(Role.UNRESERVED),
    DEFAULT(Role.UNRESERVED),
    EXISTS(Role.UNRESERVED),
    FILTERING(Role.UNRESERVED),
    FINALFUNC(Role.UNRESERVED),
    FROZEN(Role.UNRESERVED),
    FUNCTION(Role.UNRESERVED),
    FUNCTIONS(Role.UNRESERVED),
    GROUP(Role.UNRESERVED),
    HASHED(Role.UNRESERVED),
    IDENTITY(Role.UNRESERVED),
    INITCOND(Role.UNRESERVED),
    INPUT(Role.UNRESERVED),
    INTERNALS(Role.UNRESERVED),
    KEYS(Role.UNRESERVED),
    KEYSPACES(Role.UNRESERVED),
    LANGUAGE(Role.UNRESERVED),
    LIKE(Role.UNRESERVED),
    LIST(Role.UNRESERVED),
    LOGIN(Role.UNRESERVED),
    MAP(Role.UNRESERVED),
    MASKED(Role.UNRESERVED),
    MBEAN(Role.UNRESERVED),
    MBEANS(Role.UNRESERVED),
    NOLOGIN(Role.UNRESERVED),
    NOSUPERUSER(Role.UNRESERVED),
    ONLY(Role.UNRESERVED),
    OPTIONS(Role.UNRESERVED),
    PARTITION(Role.UNRESERVED),
    PASSWORD(Role.UNRESERVED),
    PER(Role.UNRESERVED),
    PERMISSION(Role.UNRESERVED),
    PERMISSIONS(Role.UNRESERVED),
    REPLACE(Role.UNRESERVED),
    RETURNS(Role.UNRESERVED),
    ROLE(Role.UNRESERVED),
    ROLES(Role.UNRESERVED),
    SELECT_MASKED(Role.UNRESERVED),
    SFUNC(Role.UNRESERVED),
    STATIC(Role.UNRESERVED),
    STORAGE(Role.UNRESERVED),
    STYPE(Role.UNRESERVED),
    SUPERUSER(Role.UNRESERVED),
    TABLES(Role.UNRESERVED),
    TRIGGER(Role.UNRESERVED),
    TUPLE(Role.UNRESERVED),
    TYPE(Role.UNRESERVED),
    TYPES(Role.UNRESERVED),
    UNMASK(Role.UNRESERVED),
    UNSET(Role.UNRESERVED),
    USER(Role.UNRESERVED),
    USERS(Role.UNRESERVED),
    VALUES(Role.UNRESERVED),
    VECTOR(Role.UNRESERVED),

    ASCII(Role.TYPE),
    BIGINT(Role.TYPE),
    BLOB(Role.TYPE),
    BOOLEAN(Role.TYPE),
    COUNTER(Role.TYPE),
    DATE(Role.TYPE),
    DECIMAL(Role.TYPE),
    DOUBLE(Role.TYPE),
    DURATION(Role.TYPE),
    FLOAT(Role.TYPE),
    INET(Role.TYPE),
    INT(Role.TYPE),
    SMALLINT(Role.TYPE),
    TEXT(Role.TYPE),
    TIME(Role.TYPE),
    TIMESTAMP(Role.TYPE),
    TIMEUUID(Role.TYPE),
    TINYINT(Role.TYPE),
    UUID(Role.TYPE),
    VARCHAR(Role.TYPE),
    VARINT(Role.TYPE),

    CAST(Role.COLUMN_ONLY),
    COUNT(Role.COLUMN_ONLY),
    DISTINCT(Role.COLUMN_ONLY),
    JSON(Role.COLUMN_ONLY),
    KEY(Role.COLUMN_ONLY),
    MAXWRITETIME(Role.COLUMN_ONLY),
    TTL(Role.COLUMN_ONLY),
    WRITETIME(Role.COLUMN_ONLY),

    IDENTIFIER("a name"),
    QUOTED_NAME("a quoted name"),
    EMPTY_QUOTED_NAME("an empty quoted name"),
    STRING("a string"),
    INTEGER("an integer"),
    FLOAT_LITERAL("a float"),
    BOOLEAN_LITERAL("a boolean"),
    DURATION_LITERAL("a duration"),
    UUID_LITERAL("a UUID"),
    BLOB_LITERAL("a blob"),
    NEGATIVE_NAN("'-NaN'"),
    NEGATIVE_INFINITY("'-Infinity'"),

    QUESTION_MARK("'?'"),
    COLON("':'"),
    SEMICOLON("';'"),
    COMMA("','"),
    DOT("'.'"),
    RANGE("'..'"),
    OPEN("'('"),
    CLOSE("')'"),
    OPEN_BRACKET("'['"),
    CLOSE_BRACKET("']'"),
    OPEN_BRACE("'{'"),
    CLOSE_BRACE("'}'"),
    EQUAL("'='"),
    NOT_EQUAL("'!='"),
    LESS("'<'"),
    LESS_OR_EQUAL("'<='"),
    GREATER("'>'"),
    GREATER_OR_EQUAL("'>='"),
    PLUS("'+'"),
    MINUS("'-'"),
    PLUS_EQUAL("'+='"),
    MINUS_EQUAL("'-='"),
    STAR("'*'"),
    SLASH("'/'"),
    PERCENT("'%'"),
    /** {@code expr} and a parenthesis that touches it begin a condition on a custom index, and nothing else. */
    EXPRESSION("'expr('"),
    END("the end of the statement");

    /** Where a word may serve as a name. */
    private enum Role {
        /** Nowhere, unless quoted. */
        RESERVED,
        /** Everywhere. */
        UNRESERVED,
        /** Everywhere but as the name of a user-defined type. */
        TYPE,
        /** Neither as the name of a type nor of a function. */
        COLUMN_ONLY,
        /** It is no word. */
        NONE
    }

    private static final int LONGEST_WORD = 14;

    /** A power of two, so sparse that nearly every keyword sits where it hashes to. */
    private static final int TABLE_SIZE = 1024;

    private static final @Nullable String[] WORDS = new @Nullable String[TABLE_SIZE];
    private static final @Nullable Token[] TOKENS = new @Nullable Token[TABLE_SIZE];

    static {
        for (Token token : values()) {
            if (token.role != Role.NONE) {
                enter(token.name().toLowerCase(Locale.ROOT), token);
            }
        }
        enter("columnfamily", TABLE);
        enter("columnfamilies", TABLES);
        enter("true", BOOLEAN_LITERAL);
        enter("false", BOOLEAN_LITERAL);
    }

    private final String description;
    private final Role role;

    Token(Role role) {
        this.description = name();
        this.role = role;
    }

    Token(String description) {
        this.description = description;
        this.role = Role.NONE;
    }

    private static void enter(String word, Token token) {
        int hash = 0;
        for (int i = 0; i < word.length(); i++) {
            hash = hash(hash, word.charAt(i));
        }
        int slot = slot(hash);
        while (WORDS[slot] != null) {
            slot = (slot + 1) & (TABLE_SIZE - 1);
        }
        WORDS[slot] = word;
        TOKENS[slot] = token;
    }

    /** Adds a letter, digit or underscore to the hash of a word, whichever case it has. */
    static int hash(int hash, char c) {
        return hash * 31 + (c | 0x20);
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (TABLE_SIZE - 1);
    }

    /** The keyword that a stretch of letters, digits and underscores is, or {@link #IDENTIFIER}. */
    static Token ofWord(String text, int start, int end, int hash) {
        int length = end - start;
        if (length > LONGEST_WORD) {
            return IDENTIFIER;
        }
        int slot = slot(hash);
        for (String word = WORDS[slot]; word != null; word = WORDS[slot]) {
            Token token = TOKENS[slot];
            if (token != null && word.length() == length && sameLetters(word, text, start)) {
                return token;
            }
            slot = (slot + 1) & (TABLE_SIZE - 1);
        }
        return IDENTIFIER;
    }

    private static boolean sameLetters(String word, String text, int start) {
        for (int i = 0; i < word.length(); i++) {
            // What differs from an underscore in the bit of the case only is DEL, which is in no word.
            if ((text.charAt(start + i) | 0x20) != (word.charAt(i) | 0x20)) {
                return false;
            }
        }
        return true;
    }

    /** What an error message calls it. */
    String description() {
        return description;
    }

    /** Whether it names a column, a table or a keyspace: an identifier, a quoted name or a word that is not reserved. */
    boolean isName() {
        return this == IDENTIFIER || this == QUOTED_NAME || isUnreserved();
    }

    boolean isUnreserved() {
        return role == Role.UNRESERVED || role == Role.TYPE || role == Role.COLUMN_ONLY;
    }

    /** Whether it is a value, all by itself. */
    boolean isConstant() {
        return switch (this) {
            case STRING, INTEGER, FLOAT_LITERAL, BOOLEAN_LITERAL, DURATION_LITERAL, UUID_LITERAL, BLOB_LITERAL -> true;
            case NAN, NEGATIVE_NAN, INFINITY, NEGATIVE_INFINITY, NULL, QUESTION_MARK -> true;
            default -> false;
        };
    }

    /** Whether it is the name of a native type. */
    boolean isType() {
        return role == Role.TYPE;
    }

    /** Whether it may be the last part of a function's name. */
    boolean isFunctionName() {
        return this == IDENTIFIER
                || this == QUOTED_NAME
                || role == Role.UNRESERVED
                || role == Role.TYPE
                || this == TOKEN
                || this == COUNT;
    }

    /** Whether it may be the last part of the name of a user-defined type. */
    boolean isTypeName() {
        return this == IDENTIFIER || this == QUOTED_NAME || role == Role.UNRESERVED || this == KEY;
    }
}
