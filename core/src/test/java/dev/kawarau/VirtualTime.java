package dev.kawarau;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One event loop for in-VM connections whose time passes only when a test says so. */
final class VirtualTime implements AutoCloseable {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop = new ManualIoEventLoop(
            null, null, executor -> LocalIoHandler.newFactory().newHandler(executor), ticker);
    private final EventLoops loops = EventLoops.using(loop);

    VirtualTime() {
        Thread thread = new Thread(this::run, "virtual time");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        loop.setOwningThread(Thread.currentThread());
        while (!loop.isTerminated()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    EventLoops loops() {
        return loops;
    }

    /** Time passes, in steps of at most 10 ms, and all that is due by then happens. */
    void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 10) {
            ticker.advanceMillis(Math.min(10, left));
            // A loop runs what is due before what was submitted later.
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
