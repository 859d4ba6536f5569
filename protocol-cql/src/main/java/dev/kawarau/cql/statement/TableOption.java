package dev.kawarau.cql.statement;

import java.util.List;

/** What stands behind the WITH of CREATE TABLE and CREATE MATERIALIZED VIEW. */
public sealed interface TableOption extends CqlPart
        permits Property, TableOption.ClusteringOrder, TableOption.CompactStorage {
    /** {@code CLUSTERING ORDER BY (column ASC, ...)}. */
    record ClusteringOrder(List<Column> columns) implements TableOption {
        /** A clustering column and its order. */
        public record Column(String name, boolean descending) implements CqlPart {
            @Override
            public void appendTo(StringBuilder cql) {
                Printer.name(cql, name);
                cql.append(descending ? " DESC" : " ASC");
            }
        }

        /** Copies the list. */
        public ClusteringOrder {
            columns = List.copyOf(columns);
        }

        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("CLUSTERING ORDER BY ");
            Printer.bracketed(cql, '(', columns, ')');
        }
    }

    /** {@code COMPACT STORAGE}; a view has none. */
    record CompactStorage() implements TableOption {
        @Override
        public void appendTo(StringBuilder cql) {
            cql.append("COMPACT STORAGE");
        }
    }
}
