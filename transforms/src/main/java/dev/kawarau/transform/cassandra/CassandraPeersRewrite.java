package dev.kawarau.transform.cassandra;

import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.event.StatusChangeEvent;
import com.datastax.oss.protocol.internal.response.event.TopologyChangeEvent;
import com.datastax.oss.protocol.internal.response.result.Rows;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.cql.CqlOperation;
import dev.kawarau.cql.CqlRows;
import dev.kawarau.cql.statement.Select;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes drivers that discover nodes connect to the proxy and not past it: in what clients read from {@code system.local},
 * {@code system.peers} and {@code system.peers_v2}, and in the events that nodes came, went or moved, nodes are where
 * their proxies are.
 *
 * <pre>{@code
 * CassandraPeersRewrite.toPort(9043)                    // beside each node, on its address, listens a proxy
 * CassandraPeersRewrite.to(Map.of(node, proxy, ...))    // each node has a proxy somewhere
 * }</pre>
 *
 * <p><b>What changes.</b> By port, the ports for clients ({@code native_port}, {@code rpc_port}). By address, every
 * address and port of a row, those between nodes too, since drivers fall back on them and ask with them: a node is called
 * by the same name in all tables and events. Nodes without a proxy are left out of the peers, and their events are
 * dropped. {@code system.local} is never left out: if its node has no proxy, it is where the client has connected to. A
 * peer without an address for clients is left out too: the server does not know it well as yet, drivers would skip the row
 * or make up an address, and an event follows when the node is up. What {@code host_id}, tokens, data centre and the like
 * are is left alone.
 *
 * <p><b>Questions are in the proxy's terms.</b> A SELECT from one of these tables is not sent on; its rows are all
 * fetched, rewritten, and then the SELECT is carried out on them here, so it makes no difference which columns it names,
 * whether by an alias or as JSON, and what it asks for in WHERE. (One from {@code system.local} that names no address, as
 * {@code SELECT now() FROM system.local}, does pass.) Understood are columns and {@code COUNT(*)}, with
 * DISTINCT, JSON, AS, LIMIT, and WHERE with {@code =} and IN on any columns (which never need ALLOW FILTERING). All rows
 * come as one page. Anything else (functions, ORDER BY, GROUP BY, ranges, a paging state) is refused as invalid, because
 * passing it on could tell addresses; so is what cannot be parsed and turns out to be about these tables. An EXECUTE whose
 * statement the listener does not know, as after a restart of the proxy, is answered with UNPREPARED, upon which drivers
 * prepare it again; so {@link dev.kawarau.cql.CqlListener#maxPreparedBytes} has to be enough for what clients use.
 *
 * <p><b>Limits.</b> {@code system.peers} has no column for ports, so drivers that do not read {@code peers_v2} use the
 * port that they first connected to for all nodes, and proxies that share an address look alike to them. A map with
 * several nodes on one address cannot tell which one a row of {@code system.peers} is of, and leaves it out. Other tables
 * with addresses, such as those in {@code system_views}, are not rewritten: drivers do not read them.
 *
 * <p><b>Cost.</b> A QUERY is searched for the words {@code local} and {@code peers}, and parsed if it has one; an EXECUTE
 * is looked up by its id. Only what concerns the tables costs more. <b>Failure.</b> Errors of the server pass as they
 * are. <b>Protocols.</b> CQL, all versions; requests of another protocol pass untouched. Thread-safe.
 */
public final class CassandraPeersRewrite implements Transform {
    private static final int BODY = 9;

    private final NodeAddresses addresses;
    private final String text;

    private CassandraPeersRewrite(NodeAddresses addresses, String text) {
        this.addresses = addresses;
        this.text = text;
    }

    /**
     * Every node has a proxy on its own address, on this port.
     *
     * @throws IllegalArgumentException if that is no port
     */
    public static CassandraPeersRewrite toPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "CassandraPeersRewrite.toPort needs a port from 1 to 65535, not " + port);
        }
        return new CassandraPeersRewrite(new NodeAddresses.ByPort(port), "CassandraPeersRewrite.toPort(" + port + ")");
    }

    /**
     * Nodes have proxies at these addresses; nodes that are not in the map are left out.
     *
     * @param proxies by what the nodes call themselves towards clients, as {@code native_address} and {@code native_port}
     *     in {@code system.peers_v2}; copied
     * @throws IllegalArgumentException if it is empty, an address is not resolved, or two nodes have the same proxy, which
     *     drivers would take for one node or connect to twice
     */
    public static CassandraPeersRewrite to(Map<InetSocketAddress, InetSocketAddress> proxies) {
        return new CassandraPeersRewrite(
                new NodeAddresses.ByAddress(NodeAddresses.lookup(proxies)),
                "CassandraPeersRewrite.to(" + proxies + ")");
    }

    /**
     * Nodes have proxies at the addresses that a function tells. Called on event loops, on several at once, for each row
     * and event, so it must not block.
     *
     * @param proxies of a node's address and port towards clients; the port is 0 where the server does not tell it, as in
     *     {@code system.peers}. The result is resolved, or null if the node is to be left out. No two nodes should have the
     *     same.
     */
    public static CassandraPeersRewrite to(
            Function<? super InetSocketAddress, ? extends @Nullable InetSocketAddress> proxies) {
        Objects.requireNonNull(proxies, "proxies");
        return new CassandraPeersRewrite(
                new NodeAddresses.ByAddress(proxies::apply), "CassandraPeersRewrite.to(function)");
    }

    @Override
    public Reply handle(Message message, Chain next) {
        if (!(message instanceof CqlMessage request)) {
            return next.send(message);
        }
        return switch (request.opcode()) {
            case QUERY -> mentionsTables(request) ? query(request, next) : next.send(request);
            case EXECUTE -> execute(request, next);
            default -> next.send(request);
        };
    }

    private Reply query(CqlMessage request, Chain next) {
        CqlOperation operation = request.operations().get(0);
        if (operation.statement() == null) {
            return next.send(request).map(CassandraPeersRewrite::refuseAddresses);
        }
        return known(request, operation, next);
    }

    private Reply execute(CqlMessage request, Chain next) {
        CqlOperation operation = request.operations().get(0);
        ByteBuf id = operation.preparedId();
        if (operation.text() == null && id != null) {
            // What it would answer with could be addresses without a word about what they are.
            String words = "The proxy does not know this prepared statement; prepare it again";
            return Reply.of(CqlMessage.of(request, new Unprepared(words, ByteBufUtil.getBytes(id))));
        }
        return known(request, operation, next);
    }

    private Reply known(CqlMessage request, CqlOperation operation, Chain next) {
        SystemTable table = SystemTable.of(operation);
        if (table == null
                || !(operation.statement() instanceof Select select)
                || NodeSelect.tellsNoAddress(select, table)) {
            return next.send(request);
        }
        NodeSelect asked = new NodeSelect(select, options(request));
        return next.send(CqlMessage.of(request, new Query("SELECT * FROM " + table)))
                .map(response -> answer(request, asked, table, response));
    }

    private static QueryOptions options(CqlMessage request) {
        com.datastax.oss.protocol.internal.Message content = request.content();
        return content instanceof Execute execute ? execute.options : ((Query) content).options;
    }

    private Message answer(CqlMessage request, NodeSelect asked, SystemTable table, Message response) {
        if (!(response instanceof CqlMessage answered) || !(answered.content() instanceof Rows rows)) {
            return response;
        }
        NodeRows nodes = NodeRows.of(rows, table, addresses, request.session().localAddress());
        return CqlMessage.of(request, asked.answer(nodes));
    }

    private static Message refuseAddresses(Message response) {
        CqlRows rows = response instanceof CqlMessage answered ? answered.rows() : null;
        if (rows != null && SystemTable.isAnyOf(rows.columns())) {
            throw new Failure(
                    Failure.Kind.INVALID, "CassandraPeersRewrite cannot parse this, and does not tell addresses");
        }
        return response;
    }

    /** Whether a QUERY may be about one of the tables; spares others the parsing. */
    private static boolean mentionsTables(CqlMessage request) {
        ByteBuf frame = request.bytes();
        int start = frame.readerIndex() + BODY + Integer.BYTES;
        int end = frame.writerIndex();
        if (start <= end) {
            end = start + Math.min(end - start, Math.max(0, frame.getInt(start - Integer.BYTES)));
        }
        for (int i = start; i <= end - SystemTable.SHORTEST_WORD; i++) {
            if (SystemTable.isNamedAt(frame, i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        if (!(push instanceof CqlMessage event) || event.opcode() != CqlOpcode.EVENT) {
            return push;
        }
        com.datastax.oss.protocol.internal.Message content = event.content();
        if (content instanceof StatusChangeEvent status) {
            InetSocketAddress proxy = addresses.proxyOf(status.address);
            return proxy == null ? null : CqlMessage.of(event, new StatusChangeEvent(status.changeType, proxy));
        }
        if (content instanceof TopologyChangeEvent change) {
            InetSocketAddress proxy = addresses.proxyOf(change.address);
            return proxy == null ? null : CqlMessage.of(event, new TopologyChangeEvent(change.changeType, proxy));
        }
        return push;
    }

    @Override
    public String toString() {
        return text;
    }
}
