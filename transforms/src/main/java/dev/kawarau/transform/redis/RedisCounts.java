package dev.kawarau.transform.redis;

import dev.kawarau.TransformContext;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a transform counts at one place in a chain, and the meters for it. Thread-safe. */
final class RedisCounts {
    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they count in the same place, and the last one out removes the meters.
    private static final Map<Place, RedisCounts> joined = new HashMap<>();

    private record Place(MeterRegistry registry, String chain, String transform, List<String> names) {}

    private final @Nullable Place place;
    private final List<LongAdder> counts = new ArrayList<>();
    private final List<Meter> meters = new ArrayList<>();
    private int users;

    private RedisCounts(@Nullable Place place, int size) {
        this.place = place;
        for (int i = 0; i < size; i++) {
            counts.add(new LongAdder());
        }
    }

    /** Counts that no registry sees. */
    static RedisCounts unseen(List<String> names) {
        return new RedisCounts(null, names.size());
    }

    /** Those of a place, until its chain is closed. */
    static RedisCounts of(TransformContext context, List<String> names) {
        Place place = new Place(context.meters(), context.chain(), context.name(), names);
        synchronized (joined) {
            RedisCounts counts = joined.computeIfAbsent(place, RedisCounts::shown);
            counts.users++;
            context.onClose(counts::leave);
            return counts;
        }
    }

    private static RedisCounts shown(Place place) {
        RedisCounts made = new RedisCounts(place, place.names().size());
        for (int i = 0; i < place.names().size(); i++) {
            made.meters.add(FunctionCounter.builder(place.names().get(i), made.counts.get(i), LongAdder::sum)
                    .tag("chain", place.chain())
                    .tag("transform", place.transform())
                    .register(place.registry()));
        }
        return made;
    }

    private void leave() {
        synchronized (joined) {
            if (--users == 0 && place != null) {
                joined.remove(place);
                meters.forEach(place.registry()::remove);
            }
        }
    }

    void increment(int name) {
        counts.get(name).increment();
    }
}
