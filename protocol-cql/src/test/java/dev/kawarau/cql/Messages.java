package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.error.AlreadyExists;
import com.datastax.oss.protocol.internal.response.error.CASWriteUnknown;
import com.datastax.oss.protocol.internal.response.error.FunctionFailure;
import com.datastax.oss.protocol.internal.response.error.ReadFailure;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.error.WriteFailure;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.event.TopologyChangeEvent;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SchemaChange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages of every kind that a version has, with all that may be in them. */
final class Messages {
    private static final int QUORUM = ProtocolConstants.ConsistencyLevel.QUORUM;
    private static final int LOCAL_SERIAL = ProtocolConstants.ConsistencyLevel.LOCAL_SERIAL;

    private Messages() {}

    static ByteBuffer value(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static List<Message> requests(int version) {
        List<Message> requests = new ArrayList<>(Oracle.REQUESTS);
        boolean five = version >= 5;
        String keyspace = five ? "ks" : null;
        int now = five ? 1_700_000_000 : QueryOptions.NO_NOW_IN_SECONDS;
        ByteBuffer third = version > 3 ? ProtocolConstants.UNSET_VALUE : null;
        List<ByteBuffer> values = Arrays.asList(value("größer"), null, third, value(""));
        Map<String, ByteBuffer> named = new LinkedHashMap<>();
        named.put("z", value("1"));
        named.put("a", null);
        named.put("m", third);
        QueryOptions all = new QueryOptions(
                QUORUM, values, Map.of(), true, 5000, value("page"), LOCAL_SERIAL, 123456789L, keyspace, now);
        QueryOptions byName = new QueryOptions(
                QUORUM, List.of(), named, false, -1, null, LOCAL_SERIAL, Long.MIN_VALUE, null, Integer.MIN_VALUE);
        requests.add(new Query("SELECT * FROM t WHERE a = ? AND b = 'ü€😀'", all));
        requests.add(new Query("INSERT INTO t (z, a, m) VALUES (:z, :a, :m)", byName));
        requests.add(new Execute(new byte[] {1, 2, 3}, five ? new byte[] {4, 5} : null, all));
        requests.add(new Batch(
                (byte) 1,
                List.of("INSERT INTO t (a) VALUES (?)", new byte[] {7, 8, 9}, "DELETE FROM t"),
                List.of(values, List.of(value("x")), List.of()),
                QUORUM,
                LOCAL_SERIAL,
                987654321L,
                keyspace,
                now));
        if (!five) {
            requests.removeIf(message -> message instanceof Execute execute && execute.resultMetadataId != null);
        }
        return requests;
    }

    static List<Message> responses(int version) {
        List<Message> responses = new ArrayList<>(Oracle.RESPONSES);
        responses.addAll(errors(version));
        responses.addAll(results(version));
        InetAddress six = InetAddress.getLoopbackAddress();
        responses.add(new TopologyChangeEvent("NEW_NODE", new InetSocketAddress(six, 9042)));
        for (SchemaChange change : schemaChanges(version)) {
            responses.add(change);
            responses.add(new SchemaChangeEvent(
                    change.changeType, change.target, change.keyspace, change.object, change.arguments));
        }
        return responses;
    }

    private static List<SchemaChange> schemaChanges(int version) {
        List<SchemaChange> changes = new ArrayList<>(List.of(
                new SchemaChange("CREATED", "KEYSPACE", "ks", null, null),
                new SchemaChange("UPDATED", "TABLE", "ks", "t", null),
                new SchemaChange("DROPPED", "TYPE", "ks", "u", null)));
        if (version >= 4) {
            changes.add(new SchemaChange("CREATED", "FUNCTION", "ks", "f", List.of("int", "text")));
            changes.add(new SchemaChange("CREATED", "AGGREGATE", "ks", "g", List.of()));
        }
        return changes;
    }

    private static List<Message> errors(int version) {
        List<Message> errors = new ArrayList<>();
        int[] plain = {
            ErrorCode.SERVER_ERROR,
            ErrorCode.PROTOCOL_ERROR,
            ErrorCode.AUTH_ERROR,
            ErrorCode.OVERLOADED,
            ErrorCode.IS_BOOTSTRAPPING,
            ErrorCode.TRUNCATE_ERROR,
            ErrorCode.SYNTAX_ERROR,
            ErrorCode.UNAUTHORIZED,
            ErrorCode.INVALID,
            ErrorCode.CONFIG_ERROR
        };
        for (int code : plain) {
            errors.add(new Error(code, "what went wrong"));
        }
        errors.add(new Unavailable("few", QUORUM, 2, 1));
        errors.add(new WriteTimeout("slow", QUORUM, 1, 2, "BATCH_LOG"));
        errors.add(new ReadTimeout("slow", QUORUM, 1, 2, true));
        errors.add(new AlreadyExists("there", "ks", "t"));
        errors.add(new Unprepared("who", new byte[] {1, 2, 3}));
        Map<InetAddress, Integer> reasons = new LinkedHashMap<>();
        if (version >= 5) {
            reasons.put(InetAddress.getLoopbackAddress(), 1);
            reasons.put(address("2001:db8::17"), 0x1234);
            errors.add(new CASWriteUnknown("perhaps", QUORUM, 1, 2));
        }
        if (version >= 4) {
            errors.add(new ReadFailure("tombstones", QUORUM, 1, 2, version >= 5 ? 2 : 1, reasons, false));
            errors.add(new WriteFailure("full", QUORUM, 1, 2, version >= 5 ? 2 : 1, reasons, "SIMPLE"));
            errors.add(new FunctionFailure("threw", "ks", "f", List.of("int", "frozen<list<text>>")));
        }
        return errors;
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Message> results(int version) {
        List<ColumnSpec> columns = new ArrayList<>();
        for (RawType type : types()) {
            columns.add(new ColumnSpec("ks", "t", "c" + columns.size(), columns.size(), type));
        }
        List<ColumnSpec> twoTables = List.of(
                new ColumnSpec("ks", "t", "a", 0, RawType.PRIMITIVES.get(DataType.INT)),
                new ColumnSpec("ks", "u", "a", 1, RawType.PRIMITIVES.get(DataType.INT)));
        byte[] newId = version >= 5 ? new byte[] {9, 9} : null;
        RowsMetadata all = new RowsMetadata(columns, value("more"), null, newId);
        RowsMetadata two = new RowsMetadata(twoTables, null, version >= 4 ? new int[] {0, 1} : null, null);
        RowsMetadata none = new RowsMetadata(2, null, null, null);
        List<Message> results = new ArrayList<>();
        results.add(new DefaultRows(all, rows(3, columns.size())));
        results.add(new DefaultRows(new RowsMetadata(twoTables, null, null, null), rows(0, 2)));
        results.add(new DefaultRows(none, rows(20, 2)));
        byte[] resultId = version >= 5 ? new byte[] {3} : null;
        RowsMetadata skipped = new RowsMetadata(columns.size(), null, null, null);
        results.add(new Prepared(new byte[] {1, 2}, resultId, two, new RowsMetadata(columns, null, null, null)));
        results.add(new Prepared(new byte[] {1, 2}, resultId, two, skipped));
        return results;
    }

    private static ArrayDeque<List<ByteBuffer>> rows(int count, int columns) {
        ArrayDeque<List<ByteBuffer>> rows = new ArrayDeque<>();
        for (int row = 0; row < count; row++) {
            List<ByteBuffer> cells = new ArrayList<>();
            for (int column = 0; column < columns; column++) {
                cells.add((row + column) % 5 == 0 ? null : value("cell ".repeat((row + column) % 3)));
            }
            rows.add(cells);
        }
        return rows;
    }

    private static List<RawType> types() {
        List<RawType> types = new ArrayList<>(RawType.PRIMITIVES.values());
        RawType text = RawType.PRIMITIVES.get(DataType.VARCHAR);
        Map<String, RawType> fields = new LinkedHashMap<>();
        fields.put("z", text);
        fields.put("a", new RawType.RawList(text));
        types.add(new RawType.RawCustom("org.apache.cassandra.db.marshal.LexicalUUIDType"));
        types.add(new RawType.RawSet(new RawType.RawMap(text, new RawType.RawUdt("ks", "u", fields))));
        types.add(new RawType.RawTuple(List.of(text, new RawType.RawTuple(List.of()), text)));
        return types;
    }
}
