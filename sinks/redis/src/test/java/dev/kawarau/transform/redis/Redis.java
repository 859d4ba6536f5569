package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Proxies before real servers, each with a transform. */
final class Redis implements AutoCloseable {
    private final EventLoops loops = EventLoops.of(1);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();

    RedisServer server(String... options) {
        RedisServer server = RedisServer.start(options);
        open.add(server);
        return server;
    }

    /** The port of a proxy. */
    int proxy(RedisServer server, Transform transform) {
        return proxy(server, transform, listener -> listener);
    }

    int proxy(RedisServer server, Transform transform, UnaryOperator<RespListener> settings) {
        RedisSink sink = RedisSink.at(server.uri());
        Chain chain = Chain.named("redis").metrics(meters).then(transform).to(sink);
        Listener listener = settings.apply(
                        RespListener.on("127.0.0.1:0").eventLoops(loops).metrics(meters))
                .serve(chain);
        open.add(sink);
        open.add(chain::close);
        open.add(listener);
        return listener.port();
    }

    /** A client, closed with the rest. */
    Wire client(int port) throws Exception {
        Wire client = new Wire(port);
        open.add(client);
        return client;
    }

    @Override
    public void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        loops.close();
    }
}
