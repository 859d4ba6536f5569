package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.PrimitiveCodec;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants.RowsFlag;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.util.Flags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which columns a result has, or a statement variables (native protocol v5, section 4.2.5.2). */
final class MetadataReader {
    /** Types in types: as deep as nobody goes, and as no stack minds. */
    static final int MAX_DEPTH = 64;

    private static final int SHORT = 2;
    private static final int LEAST_TYPE = SHORT;
    private static final int LEAST_FIELD = SHORT + LEAST_TYPE;

    private MetadataReader() {}

    /** @param withKeys whether the columns of the partition key are told, as they are of variables from version 4 on */
    static <B> RowsMetadata read(B in, PrimitiveCodec<B> from, boolean withKeys) {
        int flags = from.readInt(in);
        int count = from.readInt(in);
        int @Nullable [] keys = withKeys ? readKeys(in, from) : null;
        ByteBuffer pagingState = Flags.contains(flags, RowsFlag.HAS_MORE_PAGES) ? from.readBytes(in) : null;
        byte @Nullable [] newId = Flags.contains(flags, RowsFlag.METADATA_CHANGED) ? from.readShortBytes(in) : null;
        if (Flags.contains(flags, RowsFlag.NO_METADATA)) {
            return new RowsMetadata(flags, List.of(), count, pagingState, keys, newId);
        }
        boolean oneTable = Flags.contains(flags, RowsFlag.GLOBAL_TABLES_SPEC);
        List<ColumnSpec> columns = readColumns(in, from, count, oneTable);
        // No columns are of no table: the library would say that there is one, and not write its name.
        int kept = columns.isEmpty() ? flags & ~RowsFlag.GLOBAL_TABLES_SPEC : flags;
        return new RowsMetadata(kept, columns, count, pagingState, keys, newId);
    }

    private static <B> int @Nullable [] readKeys(B in, PrimitiveCodec<B> from) {
        int count = FramePrimitives.checkCount(from.readInt(in), SHORT, from.sizeOf(in));
        if (count == 0) {
            return null;
        }
        int[] keys = new int[count];
        for (int i = 0; i < count; i++) {
            keys[i] = from.readUnsignedShort(in);
        }
        return keys;
    }

    private static <B> List<ColumnSpec> readColumns(B in, PrimitiveCodec<B> from, int count, boolean oneTable) {
        String keyspace = oneTable ? from.readString(in) : "";
        String table = oneTable ? from.readString(in) : "";
        FramePrimitives.checkCount(count, oneTable ? LEAST_FIELD : 2 * SHORT + LEAST_FIELD, from.sizeOf(in));
        List<ColumnSpec> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (!oneTable) {
                keyspace = from.readString(in);
                table = from.readString(in);
            }
            String name = from.readString(in);
            columns.add(new ColumnSpec(keyspace, table, name, i, readType(in, from, MAX_DEPTH)));
        }
        return columns;
    }

    private static <B> RawType readType(B in, PrimitiveCodec<B> from, int depth) {
        if (depth == 0) {
            throw FramePrimitives.malformed("Types that are nested more than " + MAX_DEPTH + " deep");
        }
        int id = from.readUnsignedShort(in);
        return switch (id) {
            case DataType.CUSTOM -> new RawType.RawCustom(from.readString(in));
            case DataType.LIST -> new RawType.RawList(readType(in, from, depth - 1));
            case DataType.SET -> new RawType.RawSet(readType(in, from, depth - 1));
            case DataType.MAP -> {
                RawType key = readType(in, from, depth - 1);
                yield new RawType.RawMap(key, readType(in, from, depth - 1));
            }
            case DataType.UDT -> readUdt(in, from, depth);
            case DataType.TUPLE -> readTuple(in, from, depth);
            default -> primitive(id);
        };
    }

    private static RawType primitive(int id) {
        RawType type = RawType.PRIMITIVES.get(id);
        if (type == null) {
            throw FramePrimitives.malformed("Unknown type " + id);
        }
        return type;
    }

    private static <B> RawType readUdt(B in, PrimitiveCodec<B> from, int depth) {
        String keyspace = from.readString(in);
        String name = from.readString(in);
        int count = FramePrimitives.checkCount(from.readUnsignedShort(in), LEAST_FIELD, from.sizeOf(in));
        Map<String, RawType> fields = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            FramePrimitives.putNew(fields, from.readString(in), readType(in, from, depth - 1));
        }
        return new RawType.RawUdt(keyspace, name, fields);
    }

    private static <B> RawType readTuple(B in, PrimitiveCodec<B> from, int depth) {
        int count = FramePrimitives.checkCount(from.readUnsignedShort(in), LEAST_TYPE, from.sizeOf(in));
        List<RawType> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(readType(in, from, depth - 1));
        }
        return new RawType.RawTuple(fields);
    }
}
