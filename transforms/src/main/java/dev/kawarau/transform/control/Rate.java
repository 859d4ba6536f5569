package dev.kawarau.transform.control;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * So many requests in a period, and so many at once.
 *
 * @param interval the time that one request takes up, in {@link #UNITS} of a nanosecond, rounded up so that the limit is
 *     never exceeded
 * @param tolerance the time that a burst takes up
 */
record Rate(long requests, long periodNanos, long burst, long interval, long tolerance) {
    /** In one nanosecond. They are enough for rates that do not divide a second, and last for 18 years. */
    static final int UNITS = 16;

    private static final long LONGEST_PERIOD = TimeUnit.DAYS.toNanos(1);
    private static final long LONGEST_TOLERANCE = TimeUnit.DAYS.toNanos(366) * UNITS;

    /** @throws IllegalArgumentException if that is no limit */
    static Rate of(long requests, long periodNanos, long burst) {
        if (periodNanos < 1 || periodNanos > LONGEST_PERIOD) {
            throw new IllegalArgumentException("a Throttle needs a period of more than nothing and at most a day, not "
                    + Duration.ofNanos(periodNanos));
        }
        if (requests < 1 || requests > periodNanos) {
            throw new IllegalArgumentException(
                    "a Throttle lets at least one request pass in its period, and at most one"
                            + " in a nanosecond, not " + requests + " in " + Duration.ofNanos(periodNanos)
                            + "; Returner.failing refuses all");
        }
        long interval = dividedUp(periodNanos * UNITS, requests);
        if (burst < 1 || burst > LONGEST_TOLERANCE / interval) {
            throw new IllegalArgumentException(
                    "a Throttle needs a burst of at least one request, and of no more than what"
                            + " a year lets pass, not " + burst);
        }
        return new Rate(requests, periodNanos, burst, interval, interval * burst);
    }

    static long dividedUp(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }

    @Override
    public String toString() {
        return requests + " in " + Duration.ofNanos(periodNanos) + ", " + burst + " at once";
    }
}
