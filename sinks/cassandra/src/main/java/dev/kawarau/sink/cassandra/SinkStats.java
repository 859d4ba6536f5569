package dev.kawarau.sink.cassandra;

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
    private final MeterRegistry registry;
    private final Counter lost;
    private final Counter unreachable;
    private final Counter prepared;
    private final List<Meter> meters;

    SinkStats(MeterRegistry registry, String sink) {
        this.registry = registry;
        this.lost = counter("kawarau.upstream.lost", "connections that ended while in use", sink);
        this.unreachable = counter("kawarau.upstream.unreachable", "connections that could not be made", sink);
        this.prepared = counter("kawarau.upstream.reprepared", "statements that the server had forgotten", sink);
        this.meters = List.of(lost, unreachable, prepared, gauge("shared", shared, sink), gauge("own", own, sink));
    }

    private Counter counter(String name, String description, String sink) {
        return Counter.builder(name).description(description).tag("sink", sink).register(registry);
    }

    private Gauge gauge(String kind, AtomicInteger value, String sink) {
        return Gauge.builder("kawarau.upstream.connections", value, AtomicInteger::get)
                .description("connections to the server: shared, or one client's own")
                .tag("sink", sink)
                .tag("kind", kind)
                .register(registry);
    }

    int own() {
        return own.get();
    }

    void opened(boolean isShared) {
        (isShared ? shared : own).incrementAndGet();
    }

    void closed(boolean isShared) {
        (isShared ? shared : own).decrementAndGet();
    }

    void failed(boolean wasReady) {
        (wasReady ? lost : unreachable).increment();
    }

    void reprepared() {
        prepared.increment();
    }

    void close() {
        meters.forEach(registry::remove);
    }
}
