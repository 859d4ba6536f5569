package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import dev.kawarau.Query;
import dev.kawarau.cql.statement.CqlStatement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the primary key of what a statement touches comes from, worked out once for a statement and a table; what is
 * bound is added for each request. Immutable.
 */
final class KeyPlan {
    /** Of a statement of which the key is not known. */
    static final KeyPlan UNKNOWN = new KeyPlan(List.of(), List.of(), false);

    /** More combinations of values than this are not listed. */
    private static final int MOST_KEYS = 1_000;

    /** Servers take no longer ones, and a composite key cannot say how long they are. */
    private static final int MOST_BYTES = 0xffff;

    private record Part(String column, KeySource source) {}

    private final List<Part> partition;
    private final List<Part> clustering;
    private final boolean complete;

    /** @param complete whether all columns of the partition key are there */
    private KeyPlan(List<Part> partition, List<Part> clustering, boolean complete) {
        this.partition = partition;
        this.clustering = clustering;
        this.complete = complete;
    }

    static KeyPlan of(CqlStatement statement, RelationMetadata table) {
        Restrictions given = Restrictions.of(statement);
        List<Part> partition = parts(table.getPartitionKey(), given);
        List<Part> clustering = parts(List.copyOf(table.getClusteringColumns().keySet()), given);
        boolean complete = !partition.isEmpty()
                && partition.size() == table.getPartitionKey().size();
        return new KeyPlan(partition, clustering, complete);
    }

    private static List<Part> parts(List<ColumnMetadata> columns, Restrictions given) {
        List<Part> parts = new ArrayList<>(columns.size());
        for (ColumnMetadata column : columns) {
            String name = column.getName().asInternal();
            KeySource source = given.source(name, column.getType());
            if (source != null) {
                parts.add(new Part(name, source));
            }
        }
        return List.copyOf(parts);
    }

    /**
     * As the server told when it prepared the statement. That is how a driver finds a node that may know more, and not
     * what the statement is about: of {@code k IN (?, ?)} servers tell the last marker, and that of {@code k > ?} too.
     */
    static KeyPlan of(CqlStatement statement, Prepared prepared) {
        Restrictions given = Restrictions.of(statement);
        List<Part> partition = new ArrayList<>(prepared.partitionKey().size());
        for (int position : prepared.partitionKey()) {
            if (position >= prepared.variables().size()) {
                return UNKNOWN;
            }
            ColumnSpec variable = prepared.variables().get(position);
            if (!(given.source(variable.name, null) instanceof KeySource.Marked marked)
                    || marked.position() != position) {
                return UNKNOWN;
            }
            partition.add(new Part(variable.name, new KeySource.Marked(position, variable.name)));
        }
        return new KeyPlan(List.copyOf(partition), List.of(), !partition.isEmpty());
    }

    /** The plan of a statement that is kept, worked out anew when its table is another. */
    static final class Kept {
        private record Entry(@Nullable RelationMetadata table, KeyPlan plan) {}

        private volatile @Nullable Entry entry;

        @SuppressWarnings("ReferenceEquality") // the driver makes a new object when a table changes
        KeyPlan get(@Nullable CqlStatement statement, @Nullable RelationMetadata table, @Nullable Prepared prepared) {
            Entry known = entry;
            if (known == null || known.table() != table) {
                known = new Entry(table, plan(statement, table, prepared));
                entry = known;
            }
            return known.plan();
        }

        private static KeyPlan plan(
                @Nullable CqlStatement statement, @Nullable RelationMetadata table, @Nullable Prepared prepared) {
            if (statement == null) {
                return UNKNOWN;
            }
            if (table != null) {
                return of(statement, table);
            }
            return prepared == null ? UNKNOWN : of(statement, prepared);
        }
    }

    /** The partition keys, as the server hashes them; null if they are not all known. */
    @Nullable
    List<ByteBuf> keys(CqlValues bound, KeyBudget budget) {
        if (!complete) {
            return null;
        }
        List<ByteBuf> first = values(partition.get(0), bound, budget);
        if (first == null || partition.size() == 1) {
            return first;
        }
        List<List<ByteBuf>> combined = new ArrayList<>();
        first.forEach(value -> combined.add(List.of(value)));
        for (Part part : partition.subList(1, partition.size())) {
            List<ByteBuf> values = values(part, bound, budget);
            if (values == null || (long) combined.size() * values.size() > MOST_KEYS) {
                return null;
            }
            combine(combined, values);
        }
        List<ByteBuf> keys = new ArrayList<>(combined.size());
        combined.forEach(values -> keys.add(composite(values)));
        return keys;
    }

    private static void combine(List<List<ByteBuf>> combined, List<ByteBuf> values) {
        List<List<ByteBuf>> before = List.copyOf(combined);
        combined.clear();
        for (List<ByteBuf> beginning : before) {
            for (ByteBuf value : values) {
                List<ByteBuf> longer = new ArrayList<>(beginning);
                longer.add(value);
                combined.add(longer);
            }
        }
    }

    /** How Cassandra's CompositeType has it: length in two bytes, value, a zero. */
    private static ByteBuf composite(List<ByteBuf> values) {
        ByteBuf key = Unpooled.buffer();
        for (ByteBuf value : values) {
            key.writeShort(value.readableBytes()).writeBytes(value.duplicate()).writeByte(0);
        }
        return key;
    }

    private static @Nullable List<ByteBuf> values(Part part, CqlValues bound, KeyBudget budget) {
        List<ByteBuf> values = new ArrayList<>(1);
        if (!part.source().addTo(values, bound, budget)) {
            return null;
        }
        for (ByteBuf value : values) {
            if (value.readableBytes() > MOST_BYTES) {
                return null;
            }
        }
        return values;
    }

    /** Appends the columns of the key that have values, those of the partition key first. */
    void addColumns(CqlValues bound, List<Query.Column> columns, KeyBudget budget) {
        for (List<Part> parts : List.of(partition, clustering)) {
            for (Part part : parts) {
                List<ByteBuf> values = values(part, bound, budget);
                if (values != null) {
                    values.forEach(value -> columns.add(new Query.Column(part.column(), value)));
                }
            }
        }
    }
}
