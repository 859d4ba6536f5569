package dev.kawarau.transform.cassandra;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where clients are told that nodes are. Thread-safe. */
sealed interface NodeAddresses {
    /**
     * The proxy of a node.
     *
     * @param node its address for clients; the port is 0 if it is not known
     * @return null if the node has none
     */
    @Nullable
    InetSocketAddress proxyOf(InetSocketAddress node);

    /**
     * Where a client is told that it has connected to, when the node behind has no proxy.
     *
     * @param connectedTo by which address it came
     * @return null if it came by none that a row can have
     */
    @Nullable
    InetSocketAddress here(SocketAddress connectedTo);

    /** Whether addresses change, and not ports for clients alone. */
    boolean changesAddresses();

    /** On the address of the node, on a port of the proxy's own. */
    record ByPort(int port) implements NodeAddresses {
        @Override
        public InetSocketAddress proxyOf(InetSocketAddress node) {
            return new InetSocketAddress(node.getAddress(), port);
        }

        @Override
        public InetSocketAddress here(SocketAddress connectedTo) {
            return new InetSocketAddress(port);
        }

        @Override
        public boolean changesAddresses() {
            return false;
        }
    }

    /** Somewhere. */
    record ByAddress(Function<InetSocketAddress, @Nullable InetSocketAddress> proxies) implements NodeAddresses {
        @Override
        public @Nullable InetSocketAddress proxyOf(InetSocketAddress node) {
            InetSocketAddress proxy = proxies.apply(node);
            if (proxy != null && proxy.isUnresolved()) {
                throw new IllegalStateException("the proxy of " + node + " has no address: " + proxy);
            }
            return proxy;
        }

        @Override
        public @Nullable InetSocketAddress here(SocketAddress connectedTo) {
            return connectedTo instanceof InetSocketAddress address && !address.isUnresolved() ? address : null;
        }

        @Override
        public boolean changesAddresses() {
            return true;
        }
    }

    /**
     * Looks nodes up in a map: by address and port or, where the port is not known, by an address that only one has.
     *
     * @throws IllegalArgumentException as {@link CassandraPeersRewrite#to(Map)}
     */
    static Function<InetSocketAddress, @Nullable InetSocketAddress> lookup(
            Map<InetSocketAddress, InetSocketAddress> proxies) {
        if (proxies.isEmpty()) {
            throw new IllegalArgumentException("CassandraPeersRewrite.to needs a proxy for one node at least");
        }
        Map<InetSocketAddress, InetSocketAddress> byNode = new HashMap<>();
        Map<InetAddress, InetSocketAddress> byAddress = new HashMap<>();
        Set<InetAddress> ambiguous = new HashSet<>();
        Set<InetSocketAddress> taken = new HashSet<>();
        proxies.forEach((node, proxy) -> {
            if (node.isUnresolved() || proxy.isUnresolved()) {
                throw new IllegalArgumentException(
                        "CassandraPeersRewrite.to: " + (node.isUnresolved() ? node : proxy) + " is not resolved");
            }
            if (!taken.add(proxy)) {
                throw new IllegalArgumentException("CassandraPeersRewrite.to: two nodes have the proxy " + proxy
                        + "; leave out all but one of them");
            }
            byNode.put(node, proxy);
            if (byAddress.put(node.getAddress(), proxy) != null) {
                ambiguous.add(node.getAddress());
            }
        });
        byAddress.keySet().removeAll(ambiguous);
        return node -> node.getPort() == 0 ? byAddress.get(node.getAddress()) : byNode.get(node);
    }
}
