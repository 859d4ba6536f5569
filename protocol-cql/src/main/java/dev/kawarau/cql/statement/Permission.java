package dev.kawarau.cql.statement;

/** What a role may be allowed to do. */
public enum Permission {
    CREATE,
    ALTER,
    DROP,
    SELECT,
    MODIFY,
    AUTHORIZE,
    DESCRIBE,
    EXECUTE,
    UNMASK,
    SELECT_MASKED
}
