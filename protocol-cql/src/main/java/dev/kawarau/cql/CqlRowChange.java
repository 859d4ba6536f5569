package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be different in a row, for {@link CqlRows#edit}. Lives for one call of the edit. */
public final class CqlRowChange {
    private final ColumnDefinitions columns;
    private final @Nullable ByteBuffer[] values;
    private final boolean[] isSet;
    private boolean any;
    private boolean dropped;

    CqlRowChange(ColumnDefinitions columns) {
        this.columns = columns;
        this.values = new @Nullable ByteBuffer[columns.size()];
        this.isSet = new boolean[columns.size()];
    }

    /**
     * Sets a column, through the driver's codec for its type and that of the value.
     *
     * @param column its name as in a query: case does not matter unless it is in quotes
     * @param value null for null
     * @throws IllegalArgumentException if there is no such column
     * @throws com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException if a value of this class cannot be in it
     */
    public void set(String column, @Nullable Object value) {
        setBytes(column, value == null ? null : encode(columns.firstIndexOf(column), column, value));
    }

    /**
     * Sets a column to a value that is encoded already.
     *
     * @param value null for null; used before the edit returns, and not changed
     * @throws IllegalArgumentException if there is no such column
     */
    public void setBytes(String column, @Nullable ByteBuffer value) {
        int index = columns.firstIndexOf(column);
        if (index < 0) {
            throw unknown(column);
        }
        values[index] = value;
        isSet[index] = true;
        any = true;
    }

    /** Leaves the row out. */
    public void drop() {
        dropped = true;
        any = true;
    }

    private @Nullable ByteBuffer encode(int index, String column, Object value) {
        if (index < 0) {
            throw unknown(column);
        }
        TypeCodec<Object> codec =
                CodecRegistry.DEFAULT.codecFor(columns.get(index).getType(), value);
        return codec.encode(value, ProtocolVersion.DEFAULT);
    }

    private IllegalArgumentException unknown(String column) {
        return new IllegalArgumentException("there is no column " + column);
    }

    void reset() {
        any = false;
        dropped = false;
        Arrays.fill(isSet, false);
    }

    boolean isAny() {
        return any;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Writes the row, with these changes. */
    void write(List<@Nullable ByteBuffer> row, ByteBuf out) {
        for (int i = 0; i < isSet.length; i++) {
            ByteBuffer value = isSet[i] ? values[i] : row.get(i);
            if (value == null) {
                out.writeInt(-1);
            } else {
                out.writeInt(value.remaining()).writeBytes(value.duplicate());
            }
        }
    }
}
