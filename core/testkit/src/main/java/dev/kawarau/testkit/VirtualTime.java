package dev.kawarau.testkit;

import dev.kawarau.EventLoops;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One event loop for in-VM connections whose time passes only when a test says so.
 *
 * <pre>{@code
 * try (VirtualTime time = new VirtualTime();
 *         ChainTester chain = ChainTester.of(
 *                 (address, served) -> RespListener.on(address).eventLoops(time.loops()).serve(served), transform)) {
 *     chain.client().send("GET a\r\n");
 *     time.pass(Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * <p>What a client sends travels in real time, so a test waits until it has arrived before it lets time pass. Any thread but
 * the loop's.
 */
public final class VirtualTime implements AutoCloseable {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop = new ManualIoEventLoop(
            null, null, executor -> LocalIoHandler.newFactory().newHandler(executor), ticker);
    private final EventLoops loops = EventLoops.using(loop);

    /** Time that stands still. */
    public VirtualTime() {
        Thread thread = new Thread(this::run, "virtual time");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        loop.setOwningThread(Thread.currentThread());
        while (!loop.isTerminated()) {
            loop.run(STEP);
        }
    }

    /** The loop, for a listener. */
    public EventLoops loops() {
        return loops;
    }

    /** Nanoseconds that have passed. */
    public long nanoTime() {
        return ticker.nanoTime();
    }

    /** Time passes, in steps of at most a millisecond, and all that is due by then happens. */
    public void pass(Duration time) {
        settle();
        for (long left = time.toNanos(); left > 0; left -= STEP) {
            ticker.advance(Math.min(STEP, left), TimeUnit.NANOSECONDS);
            settle();
        }
    }

    /** What the loop was given to do until now, and what is due, is done when this returns. */
    public void settle() {
        // A loop may run what was submitted before what has just become due, but keeps the order of what is due.
        Promise<Void> done = loop.newPromise();
        loop.execute(() -> loop.schedule(() -> done.setSuccess(null), 0, TimeUnit.NANOSECONDS));
        done.syncUninterruptibly();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
