package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of the chains of a {@link LoadBalance}: how busy it is, and whether it is to be spared for now. Thread-safe. */
final class Target {
    private final LongAdder requests;
    private final LongAdder ejections;
    private final int mostFailures;
    private final long firstPauseNanos;
    private final long longestPauseNanos;
    private final AtomicInteger inFlight = new AtomicInteger();
    private int failures;
    private boolean again;
    private volatile boolean paused;
    private long pausedAt;
    private long pauseNanos;

    Target(SharedMeters meters, Tags tags, int mostFailures, long firstPauseNanos, long longestPauseNanos) {
        this.mostFailures = mostFailures;
        this.firstPauseNanos = firstPauseNanos;
        this.longestPauseNanos = longestPauseNanos;
        this.requests = meters.counter("kawarau.balance.requests", "requests that a LoadBalance sent to a chain", tags);
        this.ejections = meters.counter(
                "kawarau.balance.ejections", "times that a LoadBalance began to spare a chain that had failed", tags);
        meters.gauge("kawarau.balance.inflight", "requests under way to a chain of a LoadBalance", tags, inFlight::get);
    }

    int inFlight() {
        return inFlight.get();
    }

    Reply send(Message request, Supplier<Reply> way) {
        requests.increment();
        inFlight.incrementAndGet();
        return way.get().whenDone((response, failure) -> {
            inFlight.decrementAndGet();
            if (request.hasSession()) {
                answered(failure, request.session().nanoTime());
            }
        });
    }

    /** What the database says, even that it is overloaded, shows that it is there. */
    private static boolean isLost(@Nullable Throwable failure) {
        return failure instanceof Failure known
                && (known.kind() == Failure.Kind.UNAVAILABLE || known.kind() == Failure.Kind.TIMEOUT);
    }

    private synchronized void answered(@Nullable Throwable failure, long now) {
        if (!isLost(failure)) {
            failures = 0;
            again = false;
            paused = false;
        } else if (!paused && (++failures >= mostFailures || again)) {
            ejections.increment();
            failures = 0;
            pausedAt = now;
            pauseNanos = again ? Math.min(longestPauseNanos, 2 * pauseNanos) : firstPauseNanos;
            again = true;
            paused = true;
        }
    }

    /** Whether it is to be spared. When its pause is over it is tried again, and one more failure begins a longer one. */
    boolean isEjected(long now) {
        return paused && isPaused(now);
    }

    private synchronized boolean isPaused(long now) {
        if (paused && now - pausedAt >= pauseNanos) {
            paused = false;
        }
        return paused;
    }
}
