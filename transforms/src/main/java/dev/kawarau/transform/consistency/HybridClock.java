package dev.kawarau.transform.consistency;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A hybrid logical clock: shows the time of day, never goes back, and never falls behind what it has seen. Thread-safe. */
final class HybridClock {
    private final AtomicLong last = new AtomicLong();
    private final InstantSource wall;
    private final long node;

    HybridClock(InstantSource wall, long node) {
        this.wall = wall;
        this.node = node;
    }

    /** The time of day, as the machine has it. */
    long millis() {
        return wall.millis();
    }

    /** A stamp that no other write gets, above all those before it and above {@code newest}. */
    Stamp next(Stamp newest) {
        long now = wall.millis() << Stamp.COUNTER_BITS;
        return new Stamp(last.updateAndGet(before -> Math.max(now, Math.max(before, newest.time()) + 1)), node);
    }

    /** Goes on from a stamp that a replica showed, if that is ahead. */
    void witness(Stamp seen) {
        if (last.get() < seen.time()) {
            last.accumulateAndGet(seen.time(), Math::max);
        }
    }
}
