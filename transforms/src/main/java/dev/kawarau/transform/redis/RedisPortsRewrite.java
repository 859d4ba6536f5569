package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespProtocolException;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes clients of a Redis or Valkey Cluster connect to the proxy and not past it: in what {@code CLUSTER SLOTS}, {@code
 * SHARDS}, {@code NODES}, {@code REPLICAS} and {@code SLAVES} answer, and in the errors {@code MOVED} and {@code ASK}, nodes
 * are where their proxies are.
 *
 * <pre>{@code
 * RedisPortsRewrite.toPort(6380)                     // beside each node, on its address, listens a proxy
 * RedisPortsRewrite.to(Map.of(node, proxy, ...))     // each node has a proxy somewhere
 * }</pre>
 *
 * <p><b>What changes.</b> By port, the ports for clients, with and without TLS. By address, addresses too, and the names of
 * hosts are left out, for clients would prefer them. The port between nodes stays, which no client uses. A node without a
 * proxy is left out, and with a master its slots in {@code CLUSTER SLOTS}; a MOVED or ASK to it is an error that says so.
 * {@code CLUSTER LINKS} and {@code MYID} hold no addresses. {@code INFO}, {@code ROLE} and {@code CLIENT LIST} do, and are
 * not rewritten: cluster clients do not read them.
 *
 * <p><b>Cost.</b> Errors are looked at; those replies alone, and that of EXEC if an error is in it, are decoded and written
 * anew. <b>Failure.</b> A reply that is not as documented passes as it is. <b>Protocols.</b> RESP2 and RESP3; what belongs
 * to another passes. Thread-safe; one object may be part of several chains.
 */
public final class RedisPortsRewrite implements Transform {
    private static final RespCommand SLOTS = RespCommands.find("CLUSTER|SLOTS");
    private static final RespCommand SHARDS = RespCommands.find("CLUSTER|SHARDS");
    private static final RespCommand EXEC = RespCommands.find("EXEC");
    private static final Set<RespCommand> LINES = Set.of(
            RespCommands.find("CLUSTER|NODES"),
            RespCommands.find("CLUSTER|REPLICAS"),
            RespCommands.find("CLUSTER|SLAVES"));

    private final ClusterRewriting rewriting;
    private final String text;

    private RedisPortsRewrite(ClusterNodes nodes, String text) {
        this.rewriting = new ClusterRewriting(nodes);
        this.text = text;
    }

    /**
     * Every node has a proxy on its own address, on this port.
     *
     * @throws IllegalArgumentException if that is no port
     */
    public static RedisPortsRewrite toPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("RedisPortsRewrite.toPort needs a port from 1 to 65535, not " + port);
        }
        return new RedisPortsRewrite(new ClusterNodes.ByPort(port), "RedisPortsRewrite.toPort(" + port + ")");
    }

    /**
     * Nodes have proxies at these addresses; nodes that are not in the map are left out.
     *
     * @param proxies by what the nodes announce to clients, as in {@code CLUSTER SLOTS}; a node that announces a name is an
     *     {@linkplain InetSocketAddress#createUnresolved unresolved} address; copied
     * @throws IllegalArgumentException if it is empty, or two nodes have the same proxy, which clients would take for one node
     */
    public static RedisPortsRewrite to(Map<InetSocketAddress, InetSocketAddress> proxies) {
        if (proxies.isEmpty()) {
            throw new IllegalArgumentException("RedisPortsRewrite.to needs a proxy for one node at least");
        }
        if (Set.copyOf(proxies.values()).size() < proxies.size()) {
            throw new IllegalArgumentException(
                    "RedisPortsRewrite.to: two nodes have the same proxy; leave out all but one of them: " + proxies);
        }
        return new RedisPortsRewrite(
                new ClusterNodes.ByAddress(Map.copyOf(proxies)::get), "RedisPortsRewrite.to(" + proxies + ")");
    }

    /**
     * Nodes have proxies at the addresses that a function tells. Called on event loops, several at once, so it must not
     * block.
     *
     * @param proxies of a node's address for clients, unresolved if it announces a name; null if the node is to be left out.
     *     No two nodes should have the same.
     */
    public static RedisPortsRewrite to(
            Function<? super InetSocketAddress, ? extends @Nullable InetSocketAddress> proxies) {
        Objects.requireNonNull(proxies, "proxies");
        return new RedisPortsRewrite(new ClusterNodes.ByAddress(proxies::apply), "RedisPortsRewrite.to(function)");
    }

    @Override
    public Reply handle(Message message, Chain next) {
        return message instanceof RespMessage request
                ? next.send(request).map(response -> rewritten(request, response))
                : next.send(message);
    }

    private Message rewritten(RespMessage request, Message message) {
        if (!(message instanceof RespMessage response) || response.size() == 0) {
            return message;
        }
        RespCommand command = request.command();
        if (response.isError()) {
            return isRedirection(response) ? changed(request, response, rewriting::error) : response;
        }
        if (command == SLOTS) {
            return changed(request, response, rewriting::slots);
        }
        if (command == SHARDS) {
            return changed(request, response, rewriting::shards);
        }
        if (LINES.contains(command)) {
            return changed(request, response, rewriting::lines);
        }
        boolean maybeRedirects = command == EXEC && hasLineOfError(response);
        return maybeRedirects ? changed(request, response, rewriting::results) : response;
    }

    private static boolean isRedirection(RespMessage response) {
        String beginning =
                response.bytes().toString(StandardCharsets.ISO_8859_1).substring(0, Math.min(7, response.size()));
        return beginning.startsWith("-MOVED ") || beginning.startsWith("-ASK ");
    }

    /** Spares results without one the decoding. */
    private static boolean hasLineOfError(RespMessage response) {
        String text = response.bytes().toString(StandardCharsets.ISO_8859_1);
        return text.contains("\n-MOVED ") || text.contains("\n-ASK ");
    }

    private static Message changed(
            RespMessage request, RespMessage response, Function<RespValue, @Nullable RespValue> rewrite) {
        RespValue changed;
        try {
            changed = rewrite.apply(response.value());
        } catch (RespProtocolException odd) {
            return response;
        }
        return changed == null
                ? response
                : RespMessage.of(changed, RespSession.of(request.session()).version());
    }

    @Override
    public String toString() {
        return text;
    }
}
