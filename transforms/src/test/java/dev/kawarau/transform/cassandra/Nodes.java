package dev.kawarau.transform.cassandra;

import com.datastax.oss.driver.api.core.data.ByteUtils;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tables as nodes 10.0.0.1 (that one asks), 10.0.0.2 and 10.0.0.3 have them; columns and types are those of Cassandra. */
final class Nodes {
    private static final RawType INET = RawType.PRIMITIVES.get(DataType.INET);
    private static final RawType INT = RawType.PRIMITIVES.get(DataType.INT);
    private static final RawType TEXT = RawType.PRIMITIVES.get(DataType.VARCHAR);
    private static final RawType TOKENS = new RawType.RawSet(TEXT);

    private Nodes() {}

    static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    static DefaultRows local() {
        return table(
                "local",
                columns(
                        "key",
                        "broadcast_address",
                        "broadcast_port",
                        "data_center",
                        "listen_address",
                        "listen_port",
                        "rpc_address",
                        "rpc_port",
                        "tokens"),
                List.<Object[]>of(row("local", "10.0.0.1", 7000, "dc1", "10.0.0.1", 7000, "10.0.0.1", 9042, "[0]")));
    }

    static DefaultRows peersV2(Object[]... rows) {
        return table(
                "peers_v2",
                columns(
                        "peer",
                        "peer_port",
                        "data_center",
                        "native_address",
                        "native_port",
                        "preferred_ip",
                        "preferred_port",
                        "tokens"),
                List.of(rows));
    }

    static DefaultRows peersV2() {
        return peersV2(
                row("10.0.0.2", 7000, "dc1", "10.0.0.2", 9042, null, null, "[1]"),
                row("10.0.0.3", 7000, "d\"c\\2", "10.0.0.3", 9042, "10.1.0.3", 7000, "[2]"));
    }

    static DefaultRows peers(Object[]... rows) {
        return table("peers", columns("peer", "data_center", "preferred_ip", "rpc_address", "tokens"), List.of(rows));
    }

    static DefaultRows peers() {
        return peers(
                row("10.0.0.2", "dc1", null, "10.0.0.2", "[1]"),
                row("10.0.0.3", "d\"c\\2", "10.1.0.3", "10.0.0.3", "[2]"));
    }

    static Object[] row(Object... values) {
        return values;
    }

    private static List<String> columns(String... names) {
        return List.of(names);
    }

    private static DefaultRows table(String table, List<String> names, List<Object[]> rows) {
        List<ColumnSpec> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(new ColumnSpec("system", table, name, columns.size(), type(name)));
        }
        ArrayDeque<List<ByteBuffer>> data = new ArrayDeque<>();
        for (Object[] row : rows) {
            List<ByteBuffer> values = new ArrayList<>();
            for (int i = 0; i < row.length; i++) {
                values.add(row[i] == null ? null : bytes(row[i], type(names.get(i))));
            }
            data.add(values);
        }
        return new DefaultRows(new RowsMetadata(columns, null, null, null), data);
    }

    private static RawType type(String column) {
        if (column.equals("tokens")) {
            return TOKENS;
        }
        return column.endsWith("port") ? INT : column.matches("key|data_center") ? TEXT : INET;
    }

    static ByteBuffer bytes(Object value, RawType type) {
        if (type == INT) {
            return ByteBuffer.allocate(4).putInt(0, (int) value);
        }
        if (type == INET) {
            return ByteBuffer.wrap(NetUtil.createByteArrayFromIpAddressString((String) value));
        }
        if (type == TOKENS) {
            byte[] only = ((String) value).replaceAll("[\\[\\]]", "").getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(8 + only.length)
                    .putInt(1)
                    .putInt(only.length)
                    .put(only)
                    .flip();
        }
        return ByteBuffer.wrap(((String) value).getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer inet(String address) {
        return bytes(address, INET);
    }

    /** Rows as {@code {name=value, ...}}, nulls included. */
    static List<Map<String, Object>> read(DefaultRows rows) {
        List<Map<String, Object>> read = new ArrayList<>();
        for (List<ByteBuffer> row : rows.getData()) {
            Map<String, Object> values = new LinkedHashMap<>();
            rows.getMetadata()
                    .columnSpecs
                    .forEach(column -> values.put(column.name, value(row.get(column.index), column)));
            read.add(values);
        }
        return read;
    }

    private static Object value(ByteBuffer value, ColumnSpec column) {
        if (value == null) {
            return null;
        }
        byte[] bytes = ByteUtils.getArray(value);
        return switch (column.type.id) {
            case DataType.INT -> ByteBuffer.wrap(bytes).getInt();
            case DataType.BIGINT -> ByteBuffer.wrap(bytes).getLong();
            case DataType.INET -> NetUtil.bytesToIpAddress(bytes);
            case DataType.SET -> "[" + new String(bytes, 8, bytes.length - 8, StandardCharsets.UTF_8) + "]";
            default -> new String(bytes, StandardCharsets.UTF_8);
        };
    }
}
