package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.detach.AttachmentPoint;
import com.datastax.oss.driver.internal.core.cql.DefaultColumnDefinition;
import com.datastax.oss.driver.internal.core.cql.DefaultColumnDefinitions;
import com.datastax.oss.driver.internal.core.cql.DefaultRow;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a response, read through the driver's types: {@code row.getInstant("created")} and the like, with the
 * driver's codecs. {@link #edit} makes a response with other values, or fewer rows, from this one.
 *
 * <pre>{@code
 * CqlRows rows = response.rows();
 * return rows == null ? response : rows.edit((row, change) -> change.set("email", "***"));
 * }</pre>
 *
 * <p>Rows are read one at a time and hold views of the message's memory: they live as long as the message, and are
 * confined to the thread that has it.
 */
public final class CqlRows implements Iterable<Row> {
    private final CqlMessage message;
    private final ColumnDefinitions columns;
    private final int first;
    private final int count;

    private CqlRows(CqlMessage message, ColumnDefinitions columns, int first, int count) {
        this.message = message;
        this.columns = columns;
        this.first = first;
        this.count = count;
    }

    /** Null if the response does not say what its columns are, and its request does not tell either. */
    static @Nullable CqlRows of(CqlMessage message, @Nullable CqlMessage request) {
        BodyCursor cursor = new BodyCursor(message);
        cursor.skip(Integer.BYTES); // which kind of result it is
        ByteBuf body = message.buffer().slice(cursor.at(), cursor.left());
        RowsMetadata metadata = metadata(body, message, cursor);
        cursor.skip(body.readerIndex());
        List<ColumnSpec> specs = metadata.columnSpecs;
        if (specs.isEmpty() && metadata.columnCount > 0) {
            Prepared prepared = request == null || request.opcode() != CqlOpcode.EXECUTE
                    ? null
                    : request.operations().get(0).prepared();
            if (prepared == null || prepared.result().size() != metadata.columnCount) {
                return null;
            }
            specs = prepared.result();
        }
        int count = cursor.readInt();
        // Each value has a length of four bytes at least.
        if (count < 0 || (long) count * Math.max(1, specs.size()) > cursor.left() / Integer.BYTES) {
            throw cursor.malformed(count + " rows do not fit in");
        }
        return new CqlRows(message, definitions(specs, cursor), cursor.at(), count);
    }

    private static RowsMetadata metadata(ByteBuf body, CqlMessage message, BodyCursor cursor) {
        RowsMetadata metadata;
        try {
            metadata = CqlCodec.rowsMetadata(body, message.version());
        } catch (CqlProtocolException malformed) {
            throw cursor.malformed(String.valueOf(malformed.getMessage()));
        }
        if (metadata.columnCount < 0) {
            throw cursor.malformed(metadata.columnCount + " columns");
        }
        return metadata;
    }

    private static ColumnDefinitions definitions(List<ColumnSpec> specs, BodyCursor cursor) {
        List<ColumnDefinition> columns = new ArrayList<>(specs.size());
        for (ColumnSpec spec : specs) {
            try {
                columns.add(new DefaultColumnDefinition(spec, AttachmentPoint.NONE));
            } catch (RuntimeException noSuchType) {
                // The driver makes types of the names of classes.
                throw cursor.malformed("the type of " + spec.name + ": " + noSuchType.getMessage());
            }
        }
        return DefaultColumnDefinitions.valueOf(columns);
    }

    /** The columns: names, types, and the table that they are of. */
    public ColumnDefinitions columns() {
        return columns;
    }

    /** How many rows there are, of this page. */
    public int count() {
        return count;
    }

    /** The rows in their order. */
    @Override
    public Iterator<Row> iterator() {
        return new Cursor();
    }

    /** What is done to each row by {@link #edit}. */
    @FunctionalInterface
    public interface Edit {
        /** Looks at a row, and says what is to be different. */
        void apply(Row row, CqlRowChange change);
    }

    /**
     * A response like this one, with the values and without the rows that the edit says. The message itself is returned if
     * nothing is to be different.
     */
    public CqlMessage edit(Edit edit) {
        ByteBuf out = Unpooled.buffer(message.size());
        CqlRowChange change = new CqlRowChange(columns);
        Cursor cursor = new Cursor();
        int kept = 0;
        boolean changed = false;
        out.writeBytes(message.buffer(), message.start(), first - message.start());
        while (cursor.hasNext()) {
            int begin = cursor.at();
            Row row = cursor.next();
            change.reset();
            edit.apply(row, change);
            changed |= change.isAny();
            if (change.isDropped()) {
                continue;
            }
            kept++;
            if (change.isAny()) {
                change.write(cursor.values, out);
            } else {
                out.writeBytes(message.buffer(), begin, cursor.at() - begin);
            }
        }
        if (!changed) {
            return message;
        }
        out.setInt(first - message.start() - Integer.BYTES, kept);
        return message.edited(out);
    }

    /** Reads one row after the other. */
    private final class Cursor implements Iterator<Row> {
        private final BodyCursor cursor = new BodyCursor(message, first);
        private int left = count;
        private List<@Nullable ByteBuffer> values = List.of();

        int at() {
            return cursor.at();
        }

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public Row next() {
            if (left == 0) {
                throw new NoSuchElementException();
            }
            left--;
            @Nullable ByteBuffer[] found = new @Nullable ByteBuffer[columns.size()];
            for (int i = 0; i < found.length; i++) {
                int length = cursor.readInt();
                int start = cursor.at();
                cursor.skip(Math.max(0, length));
                found[i] = length < 0
                        ? null
                        : message.buffer().nioBuffer(start, length).asReadOnlyBuffer();
            }
            values = Arrays.asList(found);
            return new DefaultRow(columns, values);
        }
    }
}
