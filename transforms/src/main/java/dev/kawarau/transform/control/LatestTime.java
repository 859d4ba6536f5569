package dev.kawarau.transform.control;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that shows what the event loops' clocks showed last, for code that asks for the time of day. Thread-safe. */
final class LatestTime extends Clock {
    private volatile long nanos;

    /** A loop's clock shows this. Loops that are a little apart may set it back a little, which does no harm. */
    void is(long nanoTime) {
        nanos = nanoTime;
    }

    long nanoTime() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(0, nanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
