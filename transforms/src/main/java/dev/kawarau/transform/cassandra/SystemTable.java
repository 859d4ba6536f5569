package dev.kawarau.transform.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import dev.kawarau.cql.CqlOperation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A table that drivers learn the nodes from. */
enum SystemTable {
    LOCAL("local"),
    PEERS("peers"),
    PEERS_V2("peers_v2");

    /** Characters of the shortest name. */
    static final int SHORTEST_WORD = 5;

    private static final String KEYSPACE = "system";
    private static final byte[] LOCAL_WORD = "local".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PEERS_WORD = "peers".getBytes(StandardCharsets.US_ASCII);
    private static final int LOWER_CASE = 0x20;

    private final String table;

    SystemTable(String table) {
        this.table = table;
    }

    /** The table that a statement is about; null if it is about another. */
    static @Nullable SystemTable of(CqlOperation operation) {
        String name = operation.table();
        return name == null ? null : of(operation.keyspace(), name);
    }

    private static @Nullable SystemTable of(@Nullable String keyspace, String name) {
        if (KEYSPACE.equals(keyspace)) {
            for (SystemTable each : values()) {
                if (each.table.equals(name)) {
                    return each;
                }
            }
        }
        return null;
    }

    /** Whether columns are of one of the tables. */
    static boolean isAnyOf(ColumnDefinitions columns) {
        return columns.size() > 0
                && of(
                                columns.get(0).getKeyspace().asInternal(),
                                columns.get(0).getTable().asInternal())
                        != null;
    }

    /** Whether the name of one of the tables, or its beginning, is there in a text, in any case. */
    static boolean isNamedAt(ByteBuf text, int index) {
        int first = text.getByte(index) | LOWER_CASE;
        return (first == LOCAL_WORD[0] && isAt(LOCAL_WORD, text, index))
                || (first == PEERS_WORD[0] && isAt(PEERS_WORD, text, index));
    }

    private static boolean isAt(byte[] word, ByteBuf text, int index) {
        for (int i = 1; i < word.length; i++) {
            if ((text.getByte(index + i) | LOWER_CASE) != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** As CQL has it. */
    @Override
    public String toString() {
        return KEYSPACE + '.' + table;
    }
}
