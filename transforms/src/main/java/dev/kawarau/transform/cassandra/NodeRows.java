package dev.kawarau.transform.cassandra;

import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.Rows;
import dev.kawarau.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a table, as clients of the proxy are to see them. The columns are those of Cassandra 2.1 to 5.0 and of DSE,
 * whose names begin with {@code native_transport}; each version has some of them.
 *
 * @param columns all of them, in the server's order
 * @param rows values in the order of the columns
 */
record NodeRows(List<ColumnSpec> columns, List<List<@Nullable ByteBuffer>> rows) {
    /** In the order in which drivers prefer them. */
    private static final List<String> CLIENT_ADDRESSES =
            List.of("native_address", "native_transport_address", "rpc_address");

    private static final List<String> CLIENT_PORTS = List.of("native_port", "native_transport_port", "rpc_port");

    /** What else is an address; in the order in which drivers fall back on them. */
    private static final List<String> OTHER_ADDRESSES =
            List.of("peer", "broadcast_address", "listen_address", "preferred_ip");

    private static final Set<String> OTHER_PORTS =
            Set.of("peer_port", "broadcast_port", "listen_port", "preferred_port");

    private static final String TLS_PORT = "native_transport_port_ssl";

    /** Whether the name of a column that is rewritten stands anywhere in a text, for whatever reason. */
    static boolean isAnyNamed(String cql) {
        return Stream.of(CLIENT_ADDRESSES, CLIENT_PORTS, OTHER_ADDRESSES, OTHER_PORTS)
                .flatMap(Collection::stream)
                .anyMatch(cql::contains);
    }

    /**
     * Rewrites what a server answered with.
     *
     * @param answered all columns of all rows
     * @param connectedTo where the client has connected to
     */
    static NodeRows of(Rows answered, SystemTable table, NodeAddresses addresses, SocketAddress connectedTo) {
        List<ColumnSpec> columns = answered.getMetadata().columnSpecs;
        Map<String, Integer> positions = new HashMap<>();
        columns.forEach(column -> positions.put(column.name, column.index));
        List<List<@Nullable ByteBuffer>> rows = new ArrayList<>();
        for (List<@Nullable ByteBuffer> row : answered.getData()) {
            InetSocketAddress node = node(row, positions);
            InetSocketAddress proxy = node == null ? null : addresses.proxyOf(node);
            if (proxy != null) {
                rows.add(at(proxy, row, columns, addresses));
            } else if (table == SystemTable.LOCAL) {
                rows.add(at(addresses.here(connectedTo), row, columns, addresses));
            }
        }
        return new NodeRows(columns, rows);
    }

    /** The node's address for clients; null if the row does not tell. */
    private static @Nullable InetSocketAddress node(List<@Nullable ByteBuffer> row, Map<String, Integer> positions) {
        ByteBuffer address = first(CLIENT_ADDRESSES, row, positions);
        if (address == null) {
            return null;
        }
        InetAddress known = address(address);
        if (known.isAnyLocalAddress()) {
            // A server that listens everywhere and was not told what to say; drivers do the same.
            ByteBuffer other = first(OTHER_ADDRESSES, row, positions);
            known = other == null ? known : address(other);
        }
        ByteBuffer port = first(CLIENT_PORTS, row, positions);
        int number = port == null || port.remaining() != Integer.BYTES ? 0 : port.getInt(port.position());
        return new InetSocketAddress(known, number < 0 || number > 65_535 ? 0 : number);
    }

    private static @Nullable ByteBuffer first(
            List<String> names, List<@Nullable ByteBuffer> row, Map<String, Integer> positions) {
        for (String name : names) {
            Integer position = positions.get(name);
            ByteBuffer value = position == null ? null : row.get(position);
            if (value != null && value.hasRemaining()) {
                return value;
            }
        }
        return null;
    }

    private static InetAddress address(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException malformed) {
            throw new Failure(Failure.Kind.INVALID, "the server told an address of " + bytes.length + " bytes");
        }
    }

    /** The row of a node that is at the proxy's address; null if it is nowhere. */
    private static List<@Nullable ByteBuffer> at(
            @Nullable InetSocketAddress proxy,
            List<@Nullable ByteBuffer> row,
            List<ColumnSpec> columns,
            NodeAddresses addresses) {
        ByteBuffer address =
                proxy == null ? null : ByteBuffer.wrap(proxy.getAddress().getAddress());
        ByteBuffer port =
                proxy == null ? null : ByteBuffer.allocate(Integer.BYTES).putInt(0, proxy.getPort());
        List<@Nullable ByteBuffer> changed = new ArrayList<>(row);
        for (ColumnSpec column : columns) {
            String name = column.name;
            boolean given = row.get(column.index) != null;
            if (CLIENT_PORTS.contains(name) || (name.equals(TLS_PORT) && given)) {
                changed.set(column.index, port);
            } else if (addresses.changesAddresses()) {
                if (CLIENT_ADDRESSES.contains(name) || (OTHER_ADDRESSES.contains(name) && given)) {
                    changed.set(column.index, address);
                } else if (OTHER_PORTS.contains(name) && given) {
                    changed.set(column.index, port);
                }
            }
        }
        return changed;
    }
}
