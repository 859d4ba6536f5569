package dev.kawarau.sink.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What a sink's connections did, over all event loops. Thread-safe. */
final class SinkStats {
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger own = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final Counter lost;
    private final Counter unreachable;
    private final List<Meter> meters;
    private final MeterRegistry registry;

    SinkStats(MeterRegistry registry, RedisSettings settings) {
        this.registry = registry;
        String sink = settings.toString();
        this.lost = Counter.builder("kawarau.upstream.lost")
                .description("connections that ended while in use")
                .tag("sink", sink)
                .register(registry);
        this.unreachable = Counter.builder("kawarau.upstream.unreachable")
                .description("connections that could not be made")
                .tag("sink", sink)
                .register(registry);
        this.meters = List.of(
                lost, unreachable, gauge(sink, "shared", shared), gauge(sink, "own", own), gauge(sink, "idle", idle));
    }

    private Gauge gauge(String sink, String kind, AtomicInteger value) {
        return Gauge.builder("kawarau.upstream.connections", value, AtomicInteger::get)
                .description("connections to the server: shared, one client's own, or kept for the next client")
                .tag("sink", sink)
                .tag("kind", kind)
                .register(registry);
    }

    boolean beginOwn(int most) {
        if (own.incrementAndGet() <= most) {
            return true;
        }
        own.decrementAndGet();
        return false;
    }

    void beginShared() {
        shared.incrementAndGet();
    }

    void endShared() {
        shared.decrementAndGet();
    }

    void endOwn() {
        own.decrementAndGet();
    }

    void beginIdle() {
        idle.incrementAndGet();
    }

    void endIdle() {
        idle.decrementAndGet();
    }

    void failed(boolean wasReady) {
        (wasReady ? lost : unreachable).increment();
    }

    void close() {
        meters.forEach(registry::remove);
    }
}
