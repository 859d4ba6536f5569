package dev.kawarau.sink.redis;

import io.lettuce.core.RedisURI;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import redis.clients.jedis.HostAndPort;

/** Where the clients of a session test connect to: a proxy in one of its modes, or the server itself. */
record Endpoint(String host, int port, Closeable proxy) implements Closeable {
    /** Longer than any step of a test takes, shorter than the tests' own timeout, so that the client's error is seen. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    RedisURI lettuce() {
        return RedisURI.builder()
                .withHost(host)
                .withPort(port)
                .withTimeout(PATIENCE)
                .build();
    }

    HostAndPort jedis() {
        return new HostAndPort(host, port);
    }

    RawClient raw() throws IOException {
        return new RawClient(host, port);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
    }
}
