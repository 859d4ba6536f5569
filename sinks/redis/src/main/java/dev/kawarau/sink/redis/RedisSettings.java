package dev.kawarau.sink.redis;

import dev.kawarau.Dialer;
import dev.kawarau.Tls;
import dev.kawarau.resp.RespLimits;
import io.lettuce.core.RedisCredentialsProvider;
import org.jspecify.annotations.Nullable;

/** How to reach a server. Times are in nanoseconds. */
record RedisSettings(
        String host,
        int port,
        @Nullable String socketPath,
        @Nullable String localName,
        RedisCredentialsProvider credentials,
        @Nullable Tls tls,
        int database,
        @Nullable String clientName,
        boolean transparent,
        int connectionsPerLoop,
        int maxOwnConnections,
        long connectNanos,
        long requestNanos,
        long idleNanos,
        RespLimits limits) {

    Dialer dialer() {
        return new Dialer(host, port, tls, connectNanos);
    }

    /** The server, for people. */
    String server() {
        if (socketPath != null) {
            return "unix:" + socketPath;
        }
        return localName != null ? "local:" + localName : host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls != null ? "rediss://" : "redis://") + server() + (database == 0 ? "" : "/" + database);
    }
}
