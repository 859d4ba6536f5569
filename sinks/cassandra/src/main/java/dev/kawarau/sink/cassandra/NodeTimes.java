package dev.kawarau.sink.cassandra;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timeouts of one connection to the server: to get ready, and to answer. Confined to its event loop. */
final class NodeTimes implements Runnable {
    private static final long LONGEST_LOOK = TimeUnit.SECONDS.toNanos(1);

    /** So many answers that nobody waits for any more, and the server is taken not to give them. */
    private static final int MOST_ORPHANS = 256;

    private final NodeConnection connection;
    private final CassandraSettings settings;
    private @Nullable ScheduledFuture<?> readyTimeout;
    private boolean watching;
    private long watchedSince;
    private long lastRead;
    private long begun;

    NodeTimes(NodeConnection connection, CassandraSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** From here on the connection has so long to get ready, the time to find its address included. */
    void begin() {
        begun = connection.nanoTime();
        readyTimeout = connection.home().loop().schedule(this::notReady, settings.connectNanos(), TimeUnit.NANOSECONDS);
    }

    long begunNanos() {
        return begun;
    }

    void readyOrClosed() {
        if (readyTimeout != null) {
            readyTimeout.cancel(false);
            readyTimeout = null;
        }
    }

    private void notReady() {
        connection.close("did not get ready within " + TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()) + " ms");
    }

    /** There is something that has to be answered in time. */
    void watch() {
        if (!watching) {
            watching = true;
            watchedSince = connection.nanoTime();
            look();
        }
    }

    private void look() {
        long pause = Math.min(LONGEST_LOOK, settings.requestNanos() / 4);
        connection.home().loop().schedule(this, pause, TimeUnit.NANOSECONDS);
    }

    /** Something came from the server. */
    void read() {
        lastRead = connection.nanoTime();
    }

    String silence() {
        return "did not answer within " + TimeUnit.NANOSECONDS.toMillis(settings.requestNanos()) + " ms";
    }

    @Override
    public void run() {
        watching = false;
        if (!connection.isOpen()) {
            return;
        }
        long now = connection.nanoTime();
        connection.expire(now);
        if (!connection.hasWork() && connection.orphans() == 0) {
            return;
        }
        boolean silent = now - Math.max(lastRead, watchedSince) > settings.requestNanos();
        if (connection.orphans() > 0 && (silent || connection.orphans() > MOST_ORPHANS)) {
            connection.timedOut();
            return;
        }
        watching = true;
        look();
    }
}
