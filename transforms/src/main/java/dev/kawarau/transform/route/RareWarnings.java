package dev.kawarau.transform.route;

import dev.kawarau.Session;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** Warnings of one kind, of which the log gets one a second at most, with the number of the others. Thread-safe. */
final class RareWarnings {
    private static final long EVERY_NANOS = 1_000_000_000;

    private final Logger log;
    private final AtomicLong unlogged = new AtomicLong();
    private final AtomicLong loggedAt = new AtomicLong(Long.MIN_VALUE);

    RareWarnings(Logger log) {
        this.log = log;
    }

    /** Warns, if it is time for it; on the session's loop. */
    void warn(Session session, Supplier<String> words) {
        long now = session.nanoTime();
        long last = loggedAt.get();
        if ((last == Long.MIN_VALUE || now - last >= EVERY_NANOS) && loggedAt.compareAndSet(last, now)) {
            long more = unlogged.getAndSet(0);
            log.warn("{}{}", words.get(), more == 0 ? "" : " (and " + more + " more since the last warning)");
        } else {
            unlogged.incrementAndGet();
        }
    }
}
