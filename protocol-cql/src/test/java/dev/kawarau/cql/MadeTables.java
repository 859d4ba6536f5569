package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.ClusteringOrder;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.internal.core.metadata.schema.DefaultColumnMetadata;
import com.datastax.oss.driver.internal.core.metadata.schema.DefaultTableMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A schema without a server: tables by their names, in whichever keyspace. */
final class MadeTables implements CqlSchema {
    private final Map<String, RelationMetadata> tables = new LinkedHashMap<>();

    /** Adds a table; the columns of a key are in its order, all other columns are asked for by nobody. */
    MadeTables with(String table, Map<String, DataType> partition, Map<String, DataType> clustering) {
        List<ColumnMetadata> partitionKey = new ArrayList<>();
        partition.forEach((name, type) -> partitionKey.add(column(table, name, type)));
        Map<ColumnMetadata, ClusteringOrder> order = new LinkedHashMap<>();
        clustering.forEach((name, type) -> order.put(column(table, name, type), ClusteringOrder.ASC));
        Map<CqlIdentifier, ColumnMetadata> columns = new LinkedHashMap<>();
        partitionKey.forEach(column -> columns.put(column.getName(), column));
        order.keySet().forEach(column -> columns.put(column.getName(), column));
        tables.put(
                table,
                new DefaultTableMetadata(
                        CqlIdentifier.fromInternal("ks"),
                        CqlIdentifier.fromInternal(table),
                        null,
                        false,
                        false,
                        partitionKey,
                        order,
                        columns,
                        Map.of(),
                        Map.of()));
        return this;
    }

    private static ColumnMetadata column(String table, String name, DataType type) {
        return new DefaultColumnMetadata(
                CqlIdentifier.fromInternal("ks"),
                CqlIdentifier.fromInternal(table),
                CqlIdentifier.fromInternal(name),
                type,
                false);
    }

    @Override
    public RelationMetadata table(String keyspace, String table) {
        return tables.get(table);
    }
}
