package dev.kawarau.sink.cassandra;

import dev.kawarau.Dialer;
import dev.kawarau.Tls;
import dev.kawarau.cql.CqlCompression;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server. Times are in nanoseconds.
 *
 * @param localName of a server in this JVM; null for one at host and port
 */
record CassandraSettings(
        String host,
        int port,
        @Nullable String localName,
        @Nullable Credentials credentials,
        @Nullable Tls tls,
        CqlCompression compression,
        int connectionsPerLoop,
        int maxStreams,
        int maxOwnConnections,
        long connectNanos,
        long requestNanos,
        long idleNanos) {

    /** Who the sink is. */
    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }

    Dialer dialer() {
        return new Dialer(host, port, tls, connectNanos);
    }

    /** The server, for people. */
    String server() {
        return localName != null ? "local:" + localName : host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls != null ? "cassandra+tls://" : "cassandra://") + server();
    }
}
