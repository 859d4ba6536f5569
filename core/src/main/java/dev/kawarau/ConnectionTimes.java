package dev.kawarau;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timeouts of one connection, looked at a few times a second. Confined to its event loop. */
final class ConnectionTimes implements Runnable {
    private static final long NANOS_PER_64_KIB = TimeUnit.SECONDS.toNanos(1);

    private final ClientConnection connection;
    private final HeldBytes bytes;
    private @Nullable ScheduledFuture<?> check;
    private long lastMoved;
    private boolean inFrame;
    private long frameSince;
    private boolean stuck;
    private long stuckSince;
    private long stuckBytes;
    private long stuckMark;

    ConnectionTimes(ClientConnection connection, HeldBytes bytes) {
        this.connection = connection;
        this.bytes = bytes;
    }

    void begin() {
        ListenerBuilder<?> settings = connection.listener().settings();
        long shortest = Math.min(settings.frameNanos, settings.writeNanos);
        if (settings.idleNanos > 0) {
            shortest = Math.min(shortest, settings.idleNanos);
        }
        long every = Math.max(TimeUnit.MILLISECONDS.toNanos(10), shortest / 4);
        lastMoved = connection.clock().nanoTime();
        check = connection.loop().scheduleWithFixedDelay(this, every, every, TimeUnit.NANOSECONDS);
    }

    void end() {
        if (check != null) {
            check.cancel(false);
        }
    }

    /** Bytes moved, in either direction. */
    void moved() {
        lastMoved = connection.clock().nanoTime();
    }

    /**
     * Whether an unfinished request waits for the rest of it.
     *
     * @param another whether it is another one than the last time, since requests before it were finished
     */
    void frame(boolean unfinished, boolean another) {
        if (unfinished && (another || !inFrame)) {
            frameSince = connection.clock().nanoTime();
        }
        inFrame = unfinished;
    }

    /** What the connection was not read for is not the client's time; it may have been many short pauses. */
    void wasNotRead(long nanos) {
        frameSince += nanos;
    }

    @Override
    public void run() {
        ListenerBuilder<?> settings = connection.listener().settings();
        long now = connection.clock().nanoTime();
        connection.account();
        if (bytes.unsent() > 0) {
            checkOutput(now, settings.writeNanos);
        } else {
            stuck = false;
        }
        long limit = settings.frameNanos + (bytes.unfinished() >> 16) * NANOS_PER_64_KIB;
        if (inFrame && connection.isReading() && now - frameSince > limit) {
            connection.violation(new Failure(Failure.Kind.TIMEOUT, "the rest of the request did not come in time"));
            return;
        }
        if (settings.idleNanos > 0 && connection.inFlight() == 0 && now - lastMoved > settings.idleNanos) {
            connection.abort();
        }
    }

    private void checkOutput(long now, long limit) {
        long unsent = bytes.unsent();
        long mark = bytes.unsentMark();
        // More may come in than goes out, so the number of bytes alone does not tell.
        if (!stuck || unsent < stuckBytes || mark != stuckMark) {
            stuck = true;
            stuckSince = now;
        } else if (now - stuckSince > limit) {
            connection.abort();
        }
        stuckBytes = unsent;
        stuckMark = mark;
    }
}
