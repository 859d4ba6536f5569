package dev.kawarau.transform.control;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be under way at a time, and who waits for it: first come, first served. Thread-safe; it takes a lock, for a few
 * instructions, only while somebody waits.
 */
final class Permits {
    /** Who waits. */
    interface Candidate {
        /** A permit was taken for it. Called on the thread of whoever gave one back, and under a lock. */
        void granted();
    }

    private final IntSupplier limit;
    private final AtomicInteger taken = new AtomicInteger();
    private final ArrayDeque<Candidate> line = new ArrayDeque<>(4);
    // Written under the lock. Whoever waits sets it before it looks at taken, and whoever gives back the other way
    // round,
    // so that one of them sees the other.
    private volatile int waiting;

    /** What keeps this for its key; belongs to the table of keys. */
    int users;

    /** The key, or null if there is none. */
    final @Nullable Object key;

    Permits(IntSupplier limit, @Nullable Object key) {
        this.limit = limit;
        this.key = key;
    }

    /** Takes a permit if there is one that nobody waits for. */
    boolean take() {
        return waiting == 0 && takeFree();
    }

    private boolean takeFree() {
        for (int now = taken.get(); now < limit.getAsInt(); now = taken.get()) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes a permit, or has the candidate wait for one.
     *
     * @return whether it has one already
     */
    synchronized boolean takeOrWait(Candidate candidate) {
        waiting++;
        if (line.isEmpty() && takeFree()) {
            waiting--;
            return true;
        }
        line.add(candidate);
        return false;
    }

    /** Gives a permit back. */
    void giveBack() {
        taken.decrementAndGet();
        grant();
    }

    /** Hands out what there is. */
    void grant() {
        if (waiting > 0) {
            grantInOrder();
        }
    }

    private synchronized void grantInOrder() {
        while (!line.isEmpty() && takeFree()) {
            waiting--;
            line.remove().granted();
        }
    }

    /**
     * The candidate waits no longer.
     *
     * @return false if a permit was taken for it already
     */
    synchronized boolean withdraw(Candidate candidate) {
        boolean waited = line.remove(candidate);
        if (waited) {
            waiting--;
        }
        return waited;
    }
}
