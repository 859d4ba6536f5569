package dev.kawarau.transform.route;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The counts of one {@link Tee}'s place in a chain, and their meters. Thread-safe. */
final class TeeCounts {
    /** What stands for all operations beyond those that are counted apart. */
    private static final String OTHER = "OTHER";

    /** No protocol has as many; it only bounds what a protocol module that is careless about names could do. */
    private static final int MOST_OPERATIONS = 1_000;

    /** What may come of a copy. */
    enum Outcome {
        EQUAL,
        DIFFERENT,
        SKIPPED,
        FAILED_ORIGINAL,
        FAILED_COPY,
        TIMED_OUT,
        DROPPED,
        MISSED_WRITE
    }

    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they count in the same place, and the last one out removes the meters.
    private static final Map<Place, TeeCounts> joined = new HashMap<>();

    private record Place(MeterRegistry registry, String chain, String transform) {}

    private final @Nullable Place place;
    private final ConcurrentMap<String, Operation> operations = new ConcurrentHashMap<>();
    private final Map<Outcome, LongAdder> totals = adders();
    private final List<Meter> meters = new ArrayList<>();
    private final Map<Tee.Side, LongAdder> sessions =
            Map.of(Tee.Side.ORIGINAL, new LongAdder(), Tee.Side.COPY, new LongAdder());
    private final LongAdder underWay = new LongAdder();
    private int users;

    /** Counts that no registry sees. */
    TeeCounts() {
        this(null);
    }

    private TeeCounts(@Nullable Place place) {
        this.place = place;
        if (place != null) {
            register(place);
        }
    }

    /** One for each outcome; the map does not change any more. */
    private static Map<Outcome, LongAdder> adders() {
        Map<Outcome, LongAdder> adders = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            adders.put(outcome, new LongAdder());
        }
        return adders;
    }

    private static LongAdder adder(Map<Outcome, LongAdder> adders, Outcome outcome) {
        return Objects.requireNonNull(adders.get(outcome));
    }

    /** The counts of a place, for one more chain. */
    static TeeCounts join(MeterRegistry registry, String chain, String transform) {
        synchronized (joined) {
            TeeCounts counts =
                    joined.computeIfAbsent(new Place(registry, chain, transform), place -> new TeeCounts(place));
            counts.users++;
            return counts;
        }
    }

    /** What {@link #join} began for one chain ends. */
    void leave() {
        synchronized (joined) {
            if (--users == 0 && place != null) {
                joined.remove(place);
                meters.forEach(place.registry()::remove);
            }
        }
    }

    private void register(Place there) {
        Tags tags = Tags.of("chain", there.chain(), "transform", there.transform());
        for (Outcome outcome : Outcome.values()) {
            meters.add(FunctionCounter.builder("kawarau.tee", adder(totals, outcome), LongAdder::sum)
                    .description("what came of copies of requests")
                    .tags(tags)
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(there.registry()));
        }
        meters.add(Gauge.builder("kawarau.tee.inflight", underWay, LongAdder::sum)
                .description("copies without an answer as yet")
                .tags(tags)
                .register(there.registry()));
        sessions.forEach((side, count) -> meters.add(Gauge.builder("kawarau.tee.sessions", count, LongAdder::sum)
                .description("sessions by the side that answers them")
                .tags(tags)
                .tag("side", side.name().toLowerCase(Locale.ROOT))
                .register(there.registry())));
    }

    void underWay(int change) {
        underWay.add(change);
    }

    /** Sessions that get their answers from a side. */
    LongAdder sessions(Tee.Side side) {
        return Objects.requireNonNull(sessions.get(side));
    }

    /** The counts of an operation. */
    Operation of(String name) {
        Operation known = operations.get(name);
        if (known != null) {
            return known;
        }
        String counted = operations.size() < MOST_OPERATIONS ? name : OTHER;
        return operations.computeIfAbsent(counted, ignored -> new Operation());
    }

    Map<String, TeeReport.Operation> snapshot() {
        Map<String, TeeReport.Operation> snapshot = new TreeMap<>();
        operations.forEach((name, operation) -> snapshot.put(name, operation.snapshot()));
        return snapshot;
    }

    /** The counts of one operation. */
    final class Operation {
        private final Map<Outcome, LongAdder> counts = adders();
        private final List<String> examples = new ArrayList<>(2);

        private Operation() {}

        void count(Outcome outcome) {
            adder(counts, outcome).increment();
            adder(totals, outcome).increment();
        }

        long of(Outcome outcome) {
            return adder(counts, outcome).sum();
        }

        boolean wantsExample(int most) {
            synchronized (examples) {
                return examples.size() < most;
            }
        }

        void example(String text, int most) {
            synchronized (examples) {
                if (examples.size() < most) {
                    examples.add(text);
                }
            }
        }

        private TeeReport.Operation snapshot() {
            List<String> shown;
            synchronized (examples) {
                shown = List.copyOf(examples);
            }
            return new TeeReport.Operation(
                    of(Outcome.EQUAL),
                    of(Outcome.DIFFERENT),
                    of(Outcome.SKIPPED),
                    of(Outcome.FAILED_ORIGINAL),
                    of(Outcome.FAILED_COPY),
                    of(Outcome.TIMED_OUT),
                    of(Outcome.DROPPED),
                    of(Outcome.MISSED_WRITE),
                    shown);
        }
    }
}
