package dev.kawarau.sink.redis;

import java.net.URI;
import java.time.Duration;

/** What stands between the clients of a session test and the server. */
enum EndpointMode {
    /** Nothing: proves that the tests themselves say what Redis does. */
    DIRECT {
        @Override
        Endpoint before(String upstream, Duration timeout) {
            URI uri = URI.create(upstream);
            return new Endpoint(uri.getHost(), uri.getPort(), () -> {});
        }
    };

    /**
     * Opens an endpoint before {@code upstream}, a {@code redis://host:port}, which need not be up.
     *
     * @param timeout how long the upstream may take to connect, and to answer a command that does not block by itself
     */
    abstract Endpoint before(String upstream, Duration timeout);
}
