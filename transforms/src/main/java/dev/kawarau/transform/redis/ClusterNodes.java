package dev.kawarau.transform.redis;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where clients are told that nodes of a cluster are. Thread-safe. */
sealed interface ClusterNodes {
    /** A place as servers write it: an address or a name, empty or null where the client is to know it; and a port. */
    record Place(@Nullable String host, int port) {}

    /** Where the proxy of a node is; null if it has none. */
    @Nullable
    Place proxyOf(@Nullable String host, int port);

    /** Whether the names of hosts stay. */
    boolean keepsNames();

    /** On the address of the node, on a port of the proxy's own. */
    record ByPort(int proxyPort) implements ClusterNodes {
        @Override
        public Place proxyOf(@Nullable String host, int port) {
            return new Place(host, proxyPort);
        }

        @Override
        public boolean keepsNames() {
            return true;
        }
    }

    /** Somewhere. */
    record ByAddress(Function<InetSocketAddress, @Nullable InetSocketAddress> proxies) implements ClusterNodes {
        @Override
        public @Nullable Place proxyOf(@Nullable String host, int port) {
            if (host == null || host.isEmpty() || port < 0 || port > 65_535) {
                return null;
            }
            InetSocketAddress proxy = proxies.apply(node(host, port));
            return proxy == null
                    ? null
                    : new Place(
                            proxy.isUnresolved()
                                    ? proxy.getHostString()
                                    : proxy.getAddress().getHostAddress(),
                            proxy.getPort());
        }

        /** Without asking a name server. */
        private static InetSocketAddress node(String host, int port) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
            if (address == null) {
                return InetSocketAddress.createUnresolved(host, port);
            }
            try {
                return new InetSocketAddress(InetAddress.getByAddress(address), port);
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public boolean keepsNames() {
            return false;
        }
    }
}
