package dev.kawarau.benchmark.chaos;

import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.ListenerBuilder;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;

/** The proxy under test, with timeouts short enough to be reached many times in a run. */
final class Proxy implements AutoCloseable {
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration FRAME_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(3);
    private static final long MOST_HELD = 1L << 20;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Budget budget;
    private final EventLoops loops;
    private final RedisSink sink;
    private final Listener listener;

    Proxy(String redis, ChaosOptions options) {
        budget = Budget.ofBytes((long) options.budgetMegabytes() << 20);
        loops = EventLoops.of(options.proxyLoops());
        RedisSink.Builder to = RedisSink.to(redis)
                .requestTimeout(REQUEST_TIMEOUT)
                .connectTimeout(CONNECT_TIMEOUT)
                .idleTimeout(Duration.ofSeconds(2))
                .metrics(meters);
        sink = options.transparent() ? to.transparent().build() : to.build();
        listener = RespListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .metrics(meters)
                .budget(budget)
                .maxConnections(4 * options.clients() + 100, ListenerBuilder.Overflow.REFUSE)
                .maxHeldBytes(MOST_HELD)
                .frameTimeout(FRAME_TIMEOUT)
                .writeTimeout(WRITE_TIMEOUT)
                .serve(Chain.named("chaos").to(sink));
    }

    int port() {
        return listener.port();
    }

    int connections() {
        return listener.connections();
    }

    EventLoops loops() {
        return loops;
    }

    Budget budget() {
        return budget;
    }

    @Override
    public void close() {
        listener.close();
        sink.close();
        loops.close();
        meters.close();
    }
}
