package dev.kawarau.sink.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * The meters of all sinks that print alike, such as one that takes another's place: a registry keeps the first meter of a
 * name and tags, so they share it, and the last one out removes it. Thread-safe.
 */
final class SinkMeters {
    private static final Map<Place, SinkMeters> open = new HashMap<>();

    private record Place(MeterRegistry registry, String sink) {}

    private final Place place;
    private final Set<SinkStats> sinks = ConcurrentHashMap.newKeySet();
    private final List<Meter> meters = new ArrayList<>();
    private final Counter lost;
    private final Counter unreachable;

    /** The meters for a sink, until it {@linkplain #leave leaves}. */
    static SinkMeters join(MeterRegistry registry, String sink, SinkStats stats) {
        synchronized (open) {
            SinkMeters meters = open.computeIfAbsent(new Place(registry, sink), SinkMeters::new);
            meters.sinks.add(stats);
            return meters;
        }
    }

    void leave(SinkStats stats) {
        synchronized (open) {
            if (sinks.remove(stats) && sinks.isEmpty()) {
                open.remove(place);
                meters.forEach(place.registry::remove);
            }
        }
    }

    private SinkMeters(Place place) {
        this.place = place;
        this.lost = counter("kawarau.upstream.lost", "connections that ended while in use");
        this.unreachable = counter("kawarau.upstream.unreachable", "connections that could not be made");
        gauge("shared", SinkStats::shared);
        gauge("own", SinkStats::own);
        gauge("idle", SinkStats::idle);
    }

    private Counter counter(String name, String description) {
        Counter counter = Counter.builder(name)
                .description(description)
                .tag("sink", place.sink)
                .register(place.registry);
        meters.add(counter);
        return counter;
    }

    private void gauge(String kind, ToIntFunction<SinkStats> value) {
        meters.add(Gauge.builder(
                        "kawarau.upstream.connections",
                        sinks,
                        all -> all.stream().mapToInt(value).sum())
                .description("connections to the server: shared, one client's own, or kept for the next client")
                .tag("sink", place.sink)
                .tag("kind", kind)
                .register(place.registry));
    }

    void failed(boolean wasReady) {
        (wasReady ? lost : unreachable).increment();
    }
}
