package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a prepared id stands for.
 *
 * @param keyspace what names without a keyspace belong to; null if there was none
 * @param variables what is bound, in the order of the markers
 * @param partitionKey which variables make up the partition key, in its order; empty if they do not, or if the server did
 *     not tell, as in version 3
 * @param result the columns of the rows; empty if there are none, or if the server did not tell
 */
record Prepared(
        Parsed parsed,
        @Nullable String keyspace,
        List<ColumnSpec> variables,
        List<Integer> partitionKey,
        List<ColumnSpec> result) {

    /** Memory that it takes, in bytes and roughly. */
    int weight() {
        return parsed.weight() + 256 + 128 * (variables.size() + result.size());
    }
}
