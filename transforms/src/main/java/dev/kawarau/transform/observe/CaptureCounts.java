package dev.kawarau.transform.observe;

import dev.kawarau.TransformContext;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of what captures at one place in a chain were to keep, and the meters for it. Thread-safe. */
final class CaptureCounts {
    enum Outcome {
        /** In the file. */
        WRITTEN,
        /** There was no room. */
        DROPPED,
        /** The disk did not take it. */
        FAILED
    }

    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they count in the same place, and the last one out removes the meters.
    private static final Map<Place, CaptureCounts> joined = new HashMap<>();

    private record Place(MeterRegistry registry, String chain, String transform) {}

    private final Place place;
    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
    private final List<Meter> meters = new ArrayList<>();
    private int users;

    private CaptureCounts(Place place) {
        this.place = place;
        for (Outcome outcome : Outcome.values()) {
            LongAdder count = new LongAdder();
            counts.put(outcome, count);
            meters.add(FunctionCounter.builder("kawarau.capture", count, LongAdder::sum)
                    .description("requests that were to be captured, by what came of it")
                    .tag("chain", place.chain())
                    .tag("transform", place.transform())
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(place.registry()));
        }
    }

    /** Those of a place, until {@link #leave} is called as often. */
    static CaptureCounts join(TransformContext context) {
        synchronized (joined) {
            CaptureCounts counts = joined.computeIfAbsent(
                    new Place(context.meters(), context.chain(), context.name()), CaptureCounts::new);
            counts.users++;
            return counts;
        }
    }

    void leave() {
        synchronized (joined) {
            if (--users == 0) {
                joined.remove(place);
                meters.forEach(place.registry()::remove);
            }
        }
    }

    void add(Outcome outcome, long records) {
        Objects.requireNonNull(counts.get(outcome)).add(records); // there is one for each
    }
}
