package dev.kawarau;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a listener's connections did. Thread-safe. */
final class ListenerStats {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong pausedNanos = new AtomicLong();
    private final Counter opened;
    private final Counter refused;
    private final Counter malformed;
    private final List<Meter> meters;
    private final MeterRegistry registry;

    ListenerStats(MeterRegistry registry, String address) {
        this.registry = registry;
        this.opened = counter("kawarau.connections.opened", "connections that were accepted", address);
        this.refused = counter("kawarau.connections.refused", "connections beyond the limit", address);
        this.malformed = counter("kawarau.connections.malformed", "connections closed for malformed bytes", address);
        Gauge connections = Gauge.builder("kawarau.connections", open, AtomicInteger::get)
                .description("connections that are open")
                .tag("listener", address)
                .register(registry);
        TimeGauge paused = TimeGauge.builder(
                        "kawarau.paused", pausedNanos, TimeUnit.NANOSECONDS, AtomicLong::doubleValue)
                .description("time for which connections were not read because something could take no more")
                .tag("listener", address)
                .register(registry);
        this.meters = List.of(opened, refused, malformed, connections, paused);
    }

    private Counter counter(String name, String description, String address) {
        return Counter.builder(name)
                .description(description)
                .tag("listener", address)
                .register(registry);
    }

    void opened() {
        opened.increment();
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    void refused() {
        refused.increment();
    }

    void malformed() {
        malformed.increment();
    }

    void paused(long nanos) {
        pausedNanos.addAndGet(nanos);
    }

    void close() {
        meters.forEach(registry::remove);
    }
}
