package dev.kawarau.transform;

import dev.kawarau.Query;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The counts of one place in a chain, and their meters. Thread-safe. */
final class QueryCounts {
    /** What stands for all operations beyond those that are counted apart. */
    private static final String OTHER = "OTHER";

    /** No protocol has as many; it only bounds what a protocol module that is careless about names could do. */
    private static final int MOST_OPERATIONS = 1_000;

    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they count in the same place, and the last one out removes the meters.
    private static final Map<Place, QueryCounts> joined = new HashMap<>();

    private record Place(MeterRegistry registry, String chain, String transform) {}

    private final @Nullable Place place;
    // Filled here and never changed, so any thread may read it.
    private final Map<Query.Kind, ConcurrentMap<String, LongAdder>> byKind = new EnumMap<>(Query.Kind.class);
    private final List<Meter> meters = new ArrayList<>();
    private int operations;
    private int users;
    private boolean closed;

    /** Counts that no registry sees. */
    QueryCounts() {
        this(null);
    }

    private QueryCounts(@Nullable Place place) {
        this.place = place;
        for (Query.Kind kind : Query.Kind.values()) {
            byKind.put(kind, new ConcurrentHashMap<>());
        }
    }

    /** The counts of a place, for one more chain. */
    static QueryCounts join(MeterRegistry registry, String chain, String transform) {
        synchronized (joined) {
            QueryCounts counts =
                    joined.computeIfAbsent(new Place(registry, chain, transform), place -> new QueryCounts(place));
            counts.users++;
            return counts;
        }
    }

    /** What {@link #join} began for one chain ends. */
    void leave() {
        synchronized (joined) {
            if (--users > 0 || place == null) {
                return;
            }
            joined.remove(place);
        }
        synchronized (this) {
            closed = true;
            meters.forEach(place.registry()::remove);
            meters.clear();
        }
    }

    void count(Query query) {
        Query.Kind kind = query.kind();
        // What is OTHER may have any name, so the name is not even asked for.
        String operation = kind == Query.Kind.OTHER ? OTHER : query.operation();
        // For a protocol whose operations are constants this is a look at a cached hash and one at an address.
        LongAdder counter = counters(kind).get(operation);
        if (counter == null) {
            counter = add(kind, operation);
        }
        counter.increment();
    }

    private synchronized LongAdder add(Query.Kind kind, String operation) {
        ConcurrentMap<String, LongAdder> counters = counters(kind);
        String counted = operations < MOST_OPERATIONS ? operation : OTHER;
        LongAdder known = counters.get(counted);
        if (known != null) {
            return known;
        }
        operations++;
        LongAdder counter = new LongAdder();
        counters.put(counted, counter);
        if (place != null && !closed) {
            meters.add(FunctionCounter.builder("kawarau.query", counter, LongAdder::sum)
                    .description("requests by what they do")
                    .tag("chain", place.chain())
                    .tag("transform", place.transform())
                    .tag("kind", kind.name())
                    .tag("operation", counted)
                    .register(place.registry()));
        }
        return counter;
    }

    private ConcurrentMap<String, LongAdder> counters(Query.Kind kind) {
        return Objects.requireNonNull(byKind.get(kind));
    }

    Map<Query.Kind, Map<String, Long>> snapshot() {
        Map<Query.Kind, Map<String, Long>> snapshot = new EnumMap<>(Query.Kind.class);
        for (Query.Kind kind : Query.Kind.values()) {
            Map<String, Long> counts = new TreeMap<>();
            counters(kind).forEach((operation, counter) -> counts.put(operation, counter.sum()));
            if (!counts.isEmpty()) {
                snapshot.put(kind, Collections.unmodifiableMap(counts));
            }
        }
        return Collections.unmodifiableMap(snapshot);
    }
}
