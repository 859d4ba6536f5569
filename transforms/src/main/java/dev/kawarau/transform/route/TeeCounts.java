package dev.kawarau.transform.route;

import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** The counts of one {@link Tee}, and their meters. Thread-safe. */
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

    private final ConcurrentMap<String, Operation> operations = new ConcurrentHashMap<>();
    private final Map<Outcome, LongAdder> totals = new EnumMap<>(Outcome.class);
    private final Map<Tee.Side, LongAdder> sessions = new EnumMap<>(Tee.Side.class);
    private final LongAdder underWay = new LongAdder();

    TeeCounts(SharedMeters meters) {
        for (Outcome outcome : Outcome.values()) {
            Tags tags = Tags.of("outcome", lowerCase(outcome));
            totals.put(outcome, meters.counter("kawarau.tee", "what came of copies of requests", tags));
        }
        meters.gauge("kawarau.tee.inflight", "copies without an answer as yet", Tags.empty(), underWay::sum);
        for (Tee.Side side : Tee.Side.values()) {
            LongAdder count = new LongAdder();
            sessions.put(side, count);
            Tags tags = Tags.of("side", lowerCase(side));
            meters.gauge("kawarau.tee.sessions", "sessions by the side that answers them", tags, count::sum);
        }
    }

    private static String lowerCase(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
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
