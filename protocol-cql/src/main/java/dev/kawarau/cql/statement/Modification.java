package dev.kawarau.cql.statement;

import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/** A statement that changes rows of one table, and can be part of a {@link Batch}. */
public sealed interface Modification extends CqlStatement permits Insert, InsertJson, Update, Delete {
    /** The table, with its keyspace. */
    QualifiedName target();

    /** Whether it changes something only if a condition holds, and answers with whether it did. */
    boolean isConditional();

    /** The same for another table. */
    Modification withTarget(QualifiedName target);

    @Override
    default Query.Kind kind() {
        return isConditional() ? Query.Kind.READ_WRITE : Query.Kind.WRITE;
    }

    @Override
    default @Nullable String keyspace() {
        return target().keyspace();
    }

    @Override
    default String table() {
        return target().name();
    }

    @Override
    default Modification withKeyspace(String keyspace) {
        return withTarget(target().withKeyspace(keyspace));
    }
}
