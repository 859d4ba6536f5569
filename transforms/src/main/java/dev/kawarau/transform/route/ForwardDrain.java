package dev.kawarau.transform.route;

import dev.kawarau.wire.LoopLocal;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a {@link Forward}: its chain is closed when what was answered was carried out, or time is up. Thread-safe. */
final class ForwardDrain {
    private static final Logger log = LoggerFactory.getLogger(Forward.class);

    private final RequestBuffer buffer;
    private final long nanos;
    private final LoopLocal<EventLoop> loops = new LoopLocal<>(loop -> loop);
    private volatile @Nullable CompletableFuture<@Nullable Void> empty;
    private volatile boolean over;

    ForwardDrain(RequestBuffer buffer, long nanos) {
        this.buffer = buffer;
        this.nanos = nanos;
    }

    /** Sessions of a loop are served, so it must not be blocked. */
    void serves(EventLoop loop) {
        loops.get(loop);
    }

    /** Whether what has not been sent is given up. */
    boolean isOver() {
        return over;
    }

    void gaveBack() {
        CompletableFuture<@Nullable Void> waiting = empty;
        if (waiting != null && buffer.requests() == 0) {
            waiting.complete(null);
        }
    }

    void close() {
        if (buffer.requests() == 0) {
            return;
        }
        if (isOnALoop()) {
            // The sessions end what they have by themselves.
            log.info("{} forwarded requests are under way although their chain is closed", buffer.requests());
            return;
        }
        CompletableFuture<@Nullable Void> waiting = new CompletableFuture<>();
        empty = waiting;
        gaveBack();
        try {
            waiting.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException late) {
            // Said below.
        }
        over = true;
        long left = buffer.requests();
        if (left > 0) {
            log.warn(
                    "{} requests were answered and are not known to have been carried out: their chain is closed",
                    left);
        }
    }

    private boolean isOnALoop() {
        return Thread.currentThread() instanceof FastThreadLocalThread
                || loops.values().stream().anyMatch(EventExecutor::inEventLoop);
    }
}
