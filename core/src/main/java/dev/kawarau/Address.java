package dev.kawarau;

import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where something listens: {@code 127.0.0.1:6380}, {@code [::1]:6380}, {@code unix:/run/app/redis.sock}, or
 * {@code local:name} for clients in the same JVM. Port 0 takes a free one.
 */
public record Address(Scheme scheme, String host, int port) {
    /** How the address is reached. */
    public enum Scheme {
        /** Host and port. */
        TCP,
        /** A Unix domain socket; the host is its path. */
        UNIX,
        /** In-VM; the host is a name. */
        LOCAL
    }

    public Address {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(host, "host");
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it is none; the message says what one looks like
     */
    public static Address parse(String text) {
        if (text.startsWith("unix:") && text.length() > 5) {
            return new Address(Scheme.UNIX, text.substring(5), 0);
        }
        if (text.startsWith("local:") && text.length() > 6) {
            return new Address(Scheme.LOCAL, text.substring(6), 0);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            host = "";
        }
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is not an address: use HOST:PORT with a port from 0 to 65535, unix:/path or local:name");
        }
        return new Address(Scheme.TCP, host, Integer.parseInt(port));
    }

    /** The address as the transport of a loop understands it. Resolves the host's name, which may block. */
    SocketAddress forLoop(EventLoop loop) {
        return switch (scheme) {
            case TCP -> new InetSocketAddress(host, port);
            case UNIX -> EventLoops.pathAddress(loop, Path.of(host));
            case LOCAL -> new LocalAddress(host);
        };
    }

    @Override
    public String toString() {
        return switch (scheme) {
            case TCP -> (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
            case UNIX -> "unix:" + host;
            case LOCAL -> "local:" + host;
        };
    }
}
