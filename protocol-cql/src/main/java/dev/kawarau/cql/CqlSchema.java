package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where it is looked up what a table looks like. Asked on event loops, so it must not block; thread-safe. */
@FunctionalInterface
public interface CqlSchema {
    /** Knows no table. */
    CqlSchema NONE = (keyspace, table) -> null;

    /**
     * A table or view.
     *
     * @param keyspace the name in the case that the database has it in
     * @param table likewise
     * @return null if there is none, or if it is not known as yet
     */
    @Nullable
    RelationMetadata table(String keyspace, String table);

    /** What the driver knows, as {@code CqlSchema.of(session::getMetadata)}; it keeps its knowledge up to date. */
    static CqlSchema of(Supplier<Metadata> metadata) {
        return (keyspace, table) -> metadata.get()
                .getKeyspace(CqlIdentifier.fromInternal(keyspace))
                .flatMap(known -> {
                    CqlIdentifier name = CqlIdentifier.fromInternal(table);
                    return known.getTable(name)
                            .map(RelationMetadata.class::cast)
                            .or(() -> known.getView(name));
                })
                .orElse(null);
    }
}
