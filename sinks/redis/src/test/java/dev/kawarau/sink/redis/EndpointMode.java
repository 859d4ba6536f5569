package dev.kawarau.sink.redis;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
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
    },

    /** A chain whose clients share upstream connections. */
    SHARED {
        @Override
        Endpoint before(String upstream, Duration timeout) {
            return proxy(RedisSink.to(upstream).connectTimeout(timeout).requestTimeout(timeout));
        }
    },

    /** A chain whose clients have one upstream connection each. */
    TRANSPARENT {
        @Override
        Endpoint before(String upstream, Duration timeout) {
            return proxy(RedisSink.to(upstream)
                    .connectTimeout(timeout)
                    .requestTimeout(timeout)
                    .transparent());
        }
    };

    private static Endpoint proxy(RedisSink.Builder builder) {
        RedisSink sink = builder.build();
        Listener listener =
                RespListener.on("127.0.0.1:0").serve(Chain.named("test").to(sink));
        return new Endpoint("127.0.0.1", listener.port(), () -> {
            listener.stop(Duration.ofSeconds(1));
            sink.close();
        });
    }

    /**
     * Opens an endpoint before {@code upstream}, a {@code redis://host:port}, which need not be up.
     *
     * @param timeout how long the upstream may take to connect, and to answer a command that does not block by itself
     */
    abstract Endpoint before(String upstream, Duration timeout);
}
