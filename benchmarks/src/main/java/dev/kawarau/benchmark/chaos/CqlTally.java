package dev.kawarau.benchmark.chaos;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of the requests of a {@link CqlChaos}. Thread-safe. */
final class CqlTally {
    private static final int MOST_TOLD = 20;

    private final LongAdder reads = new LongAdder();
    private final Set<Long> written = ConcurrentHashMap.newKeySet();
    private final LongAdder writes = new LongAdder();
    private final Map<Integer, LongAdder> errors = new ConcurrentSkipListMap<>();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final LongAdder violations = new LongAdder();

    void read() {
        reads.increment();
    }

    void wrote(long key) {
        writes.increment();
        written.add(key);
    }

    boolean isWritten(long key) {
        return written.contains(key);
    }

    /** Keys of which the server said that they are written. */
    Set<Long> written() {
        return written;
    }

    void failed(int code) {
        errors.computeIfAbsent(code, key -> new LongAdder()).increment();
    }

    void violation(String what) {
        violations.increment();
        if (told.size() < MOST_TOLD) {
            told.add(what);
        }
    }

    long succeeded() {
        return reads.sum() + writes.sum();
    }

    boolean isClean() {
        return violations.sum() == 0;
    }

    void print() {
        System.out.println(this);
        told.forEach(line -> System.out.println("VIOLATION  " + line));
    }

    @Override
    public String toString() {
        Map<String, Long> byCode = new TreeMap<>();
        errors.forEach((code, count) -> byCode.put("0x" + Integer.toHexString(code), count.sum()));
        return String.format(
                "%,d reads and %,d writes succeeded, errors %s, %d violations",
                reads.sum(), writes.sum(), byCode, violations.sum());
    }
}
