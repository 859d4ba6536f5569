package dev.kawarau.cql.statement;

import java.util.List;

/**
 * {@code PRIMARY KEY ((partition), clustering)}.
 *
 * @param partition the columns that say which nodes have a row, at least one
 * @param clustering the columns that say where in its partition it is; may be empty
 */
public record PrimaryKey(List<String> partition, List<String> clustering) implements CqlPart {
    /** Copies the lists. */
    public PrimaryKey {
        partition = List.copyOf(partition);
        clustering = List.copyOf(clustering);
    }

    @Override
    public void appendTo(StringBuilder cql) {
        boolean composite = partition.size() > 1;
        cql.append(composite ? "PRIMARY KEY ((" : "PRIMARY KEY (");
        Printer.names(cql, partition);
        cql.append(composite ? ")" : "");
        for (String column : clustering) {
            cql.append(", ");
            Printer.name(cql, column);
        }
        cql.append(')');
    }
}
