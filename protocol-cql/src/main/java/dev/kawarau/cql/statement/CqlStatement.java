package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/** A statement. Its string form is CQL too, with stars for passwords. */
public sealed interface CqlStatement extends CqlPart
        permits Select,
                Modification,
                Batch,
                Use,
                Truncate,
                SchemaStatement,
                RoleStatement,
                PermissionStatement,
                Describe {
    /** What it does, in upper case, such as {@code SELECT} or {@code CREATE TABLE}. */
    String operation();

    /** What kind of thing it does. */
    Query.Kind kind();

    /** The keyspace that it names; null if it names none, or several. */
    @Nullable
    String keyspace();

    /** The table that it reads or changes, without the keyspace; null if there is none, or several. */
    @Nullable
    String table();

    /**
     * The same statement with all that it reads or changes in another keyspace; itself if it is about nothing that is in
     * a keyspace. Names of types and functions within it stay.
     */
    CqlStatement withKeyspace(String keyspace);
}
