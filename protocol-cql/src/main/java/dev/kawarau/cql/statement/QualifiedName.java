package dev.kawarau.cql.statement;

import org.jspecify.annotations.Nullable;

/**
 * The name of a table, type, index or function, in a keyspace.
 *
 * @param keyspace null if the statement does not say, and means the one that the session uses
 * @param name the real name, as the server's schema has it
 */
public record QualifiedName(@Nullable String keyspace, String name) implements CqlPart {
    /** A name in the keyspace that the session uses. */
    public static QualifiedName of(String name) {
        return new QualifiedName(null, name);
    }

    /** The same name in another keyspace. */
    public QualifiedName withKeyspace(@Nullable String newKeyspace) {
        return new QualifiedName(newKeyspace, name);
    }

    /** Another name in the same keyspace. */
    public QualifiedName withName(String newName) {
        return new QualifiedName(keyspace, newName);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        if (keyspace != null) {
            Printer.name(cql, keyspace);
            cql.append('.');
        }
        Printer.name(cql, name);
    }
}
