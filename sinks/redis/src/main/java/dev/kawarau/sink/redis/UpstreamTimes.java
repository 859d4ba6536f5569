package dev.kawarau.sink.redis;

import dev.kawarau.wire.LoopClock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timeouts of one connection to the server: to get ready, and to reply. Confined to its event loop. */
final class UpstreamTimes {
    private static final long STALL = TimeUnit.SECONDS.toNanos(1);

    private final UpstreamConnection connection;
    private final RedisSettings settings;
    private final EventLoop loop;
    private final LoopClock clock;
    private @Nullable ScheduledFuture<?> readyTimeout;
    private long lastRead;
    private boolean checking;
    private boolean stalled;

    UpstreamTimes(UpstreamConnection connection, RedisSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.loop = connection.home().loop();
        this.clock = LoopClock.of(loop);
    }

    // --- to get ready

    /** From here on the connection has so long to get ready. */
    void begin() {
        readyTimeout = loop.schedule(this::notReady, settings.connectNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends that time: else it would keep a connection in memory that has come and gone before. */
    void readyOrClosed() {
        if (readyTimeout != null) {
            readyTimeout.cancel(false);
            readyTimeout = null;
        }
    }

    private void notReady() {
        if (connection.isOpen() && !connection.isReady()) {
            connection.close(
                    "did not get ready within " + TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()) + " ms");
        }
    }

    // --- to reply

    /** Something was sent that the server replies to. */
    void sent() {
        if (!checking) {
            checking = true;
            loop.schedule(this::check, Math.min(STALL, settings.requestNanos()) / 4, TimeUnit.NANOSECONDS);
        }
    }

    /** Something came from the server. */
    void read() {
        lastRead = clock.nanoTime();
        stalled = false;
    }

    private void check() {
        checking = false;
        if (!connection.isOpen()) {
            return;
        }
        Object due = connection.nextDue();
        if (due == null) {
            connection.rest();
            return;
        }
        long sent = due instanceof Trip trip ? trip.sentNanos : ((ProxyCommand) due).sentNanos();
        long silent = clock.nanoTime() - Math.max(sent, lastRead);
        stalled = silent > STALL;
        if (!connection.mayBeSilent() && silent > settings.requestNanos()) {
            connection.timedOut();
        } else {
            sent();
        }
    }

    /**
     * Whether the server has been busy with one request for so long that new ones had better go another way: it reads
     * nothing more from a connection whose script it runs, but answers BUSY on others.
     */
    boolean isStalled() {
        return stalled;
    }
}
