package dev.kawarau;

import dev.kawarau.wire.LoopLocal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What a chain or one of its transforms did. Event loops count in plain fields of their own; the registry adds them up
 * when it is read, so that a request costs a few additions and no atomic ones.
 */
final class ChainStats {
    /** Upper bounds of the latency buckets: 2^(shift + i) nanoseconds, from 16 microseconds to 17 seconds. */
    private static final int FIRST_SHIFT = 14;

    private static final int BUCKETS = 21;

    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so
    // they count in the same place, and the last one out removes the meters.
    private static final Map<Place, ChainStats> open = new HashMap<>();

    private record Place(MeterRegistry registry, Tags tags) {}

    private final LoopLocal<Local> locals = new LoopLocal<>(loop -> keep(new Local()));
    // Kept apart from the locals, so that the counts of a loop that ended stay in the sum.
    private final List<Local> all = new ArrayList<>();
    private final List<Meter> meters = new ArrayList<>();
    private final MeterRegistry registry;
    private final Place place;
    private int users;

    /** Counters of one event loop. Written there only; read from elsewhere without order, as statistics may be. */
    static final class Local {
        private long requests;
        private long failures;
        private long answered;
        private long nanos;
        private long maxNanos;
        private final long[] buckets = new long[BUCKETS];

        void begin() {
            requests++;
        }

        void end(long tookNanos, boolean failed) {
            answered++;
            nanos += tookNanos;
            maxNanos = Math.max(maxNanos, tookNanos);
            int index = 64 - Long.numberOfLeadingZeros(Math.max(0, tookNanos) >>> FIRST_SHIFT);
            buckets[Math.min(index, BUCKETS - 1)]++;
            if (failed) {
                failures++;
            }
        }
    }

    /** The statistics of a place, for one more user, who closes them. */
    static ChainStats open(MeterRegistry registry, Tags tags, boolean histogram) {
        synchronized (open) {
            ChainStats stats =
                    open.computeIfAbsent(new Place(registry, tags), place -> new ChainStats(place, histogram));
            stats.users++;
            return stats;
        }
    }

    private ChainStats(Place place, boolean histogram) {
        this.place = place;
        this.registry = place.registry();
        Tags tags = place.tags();
        counter("kawarau.requests", "requests that came in", tags, local -> local.requests);
        counter(
                "kawarau.failures",
                "requests that failed or were answered with an error",
                tags,
                local -> local.failures);
        meters.add(Gauge.builder("kawarau.inflight", this, stats -> stats.sum(local -> local.requests - local.answered))
                .description("requests without a reply as yet")
                .tags(tags)
                .register(registry));
        meters.add(FunctionTimer.builder(
                        "kawarau.latency",
                        this,
                        stats -> (long) stats.sum(local -> local.answered),
                        stats -> stats.sum(local -> local.nanos),
                        TimeUnit.NANOSECONDS)
                .description("from request to reply")
                .tags(tags)
                .register(registry));
        meters.add(Gauge.builder("kawarau.latency.max", this, ChainStats::maxSeconds)
                .description("longest latency since the start")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry));
        if (histogram) {
            histogram(tags);
        }
    }

    private void histogram(Tags tags) {
        for (int i = 0; i < BUCKETS; i++) {
            int upTo = i;
            String bound = i == BUCKETS - 1 ? "+Inf" : Double.toString((1L << (FIRST_SHIFT + i)) / 1e9);
            counter(
                    "kawarau.latency.within",
                    "replies that took at most le seconds",
                    tags.and("le", bound),
                    local -> upTo(local, upTo));
        }
    }

    private static double upTo(Local local, int last) {
        double count = 0;
        for (int i = 0; i <= last; i++) {
            count += local.buckets[i];
        }
        return count;
    }

    private void counter(String name, String description, Tags tags, ToDoubleFunction<Local> value) {
        meters.add(FunctionCounter.builder(name, this, stats -> stats.sum(value))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    Local local(EventLoop loop) {
        return locals.get(loop);
    }

    private synchronized Local keep(Local local) {
        all.add(local);
        return local;
    }

    private synchronized double sum(ToDoubleFunction<Local> value) {
        double sum = 0;
        for (Local local : all) {
            sum += value.applyAsDouble(local);
        }
        return sum;
    }

    private synchronized double maxSeconds() {
        long max = 0;
        for (Local local : all) {
            max = Math.max(max, local.maxNanos);
        }
        return max / 1e9;
    }

    void close() {
        synchronized (open) {
            if (--users > 0) {
                return;
            }
            open.remove(place);
        }
        meters.forEach(registry::remove);
    }
}
