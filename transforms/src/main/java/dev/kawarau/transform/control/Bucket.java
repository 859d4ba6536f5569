package dev.kawarau.transform.control;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What is left of one limit, by the generic cell rate algorithm: the value is the time at which all that was let pass so far
 * would have passed if it had come evenly spaced. A request passes if that time is no further away than a burst. Thread-safe
 * and lock-free.
 */
final class Bucket extends AtomicLong {
    private static final long serialVersionUID = 1L;

    /** What {@link #take} says if it would be too long to wait. */
    static final long TOO_LONG = -1;
    /** What {@link #take} says if the bucket was {@linkplain #retireIfFull retired}. */
    static final long RETIRED = -2;

    private static final long FULL = Long.MIN_VALUE;
    private static final long GONE = Long.MIN_VALUE + 1;

    Bucket() {
        super(FULL);
    }

    /**
     * Takes room for requests.
     *
     * @param mostNanos how long they can wait for it
     * @return how long to wait, in nanoseconds; then the room is theirs. {@link #TOO_LONG} or {@link #RETIRED} if nothing
     *     was taken
     */
    long take(Rate rate, int requests, long nowNanos, long mostNanos) {
        long now = nowNanos * Rate.UNITS;
        while (true) {
            long before = get();
            if (before == GONE) {
                return RETIRED;
            }
            long start = before == FULL || before - now < 0 ? now : before;
            long after = start + requests * rate.interval();
            long wait = Rate.dividedUp(after - now - rate.tolerance(), Rate.UNITS);
            if (wait > mostNanos) {
                return TOO_LONG;
            }
            if (compareAndSet(before, after)) {
                return Math.max(0, wait);
            }
        }
    }

    /** Makes sure that nobody takes anything from here again if the bucket is as good as a new one. */
    boolean retireIfFull(long nowNanos) {
        long before = get();
        return (before == FULL || before - nowNanos * Rate.UNITS <= 0) && compareAndSet(before, GONE);
    }
}
