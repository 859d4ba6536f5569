package dev.kawarau.benchmark.chaos;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What happened. Thread-safe. */
final class Tally {
    private static final int MOST_TOLD = 30;

    final LongAdder sent = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder succeeded = new LongAdder();
    final LongAdder abandoned = new LongAdder();
    final LongAdder checkedValues = new LongAdder();
    final LongAdder acknowledgedWrites = new LongAdder();
    final LongAdder maybeWrites = new LongAdder();
    final LongAdder refusedWrites = new LongAdder();
    final LongAdder connections = new LongAdder();
    final LongAdder bytes = new LongAdder();

    private final Map<String, LongAdder> errors = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> faults = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> clientFaults = new ConcurrentSkipListMap<>();
    private final AtomicInteger violations = new AtomicInteger();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    void error(String kind) {
        errors.computeIfAbsent(kind, key -> new LongAdder()).increment();
    }

    void fault(String kind) {
        faults.computeIfAbsent(kind, key -> new LongAdder()).increment();
    }

    void clientFault(String kind) {
        clientFaults.computeIfAbsent(kind, key -> new LongAdder()).increment();
    }

    /** Something that must never happen. */
    void violation(String words) {
        if (violations.incrementAndGet() <= MOST_TOLD) {
            told.add(words);
            System.out.println("VIOLATION " + words);
        }
    }

    int violations() {
        return violations.get();
    }

    Queue<String> told() {
        return told;
    }

    Map<String, LongAdder> errors() {
        return errors;
    }

    Map<String, LongAdder> faults() {
        return faults;
    }

    Map<String, LongAdder> clientFaults() {
        return clientFaults;
    }

    static long sum(Map<String, LongAdder> counts) {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
