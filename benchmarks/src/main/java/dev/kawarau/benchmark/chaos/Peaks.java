package dev.kawarau.benchmark.chaos;

import dev.kawarau.EventLoops;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * The most that was seen of what the proxy and the process held, in bytes, of open files, and of how late threads were.
 * Everything but the last is written by one thread.
 */
final class Peaks {
    private static final long BEAT = TimeUnit.MILLISECONDS.toNanos(20);

    private volatile long heap;
    private volatile long direct;
    private volatile long budget;
    private volatile int files;
    private final LongAccumulator lag = new LongAccumulator(Math::max, 0);

    /** Measures how late what is due happens on some threads: a busy machine makes timeouts of them. */
    void watch(EventLoops loops) {
        for (EventExecutor loop : loops.group()) {
            watch(loop, System.nanoTime());
        }
    }

    private void watch(EventExecutor loop, long due) {
        lag.accumulate(System.nanoTime() - due);
        if (!loop.isShuttingDown()) {
            long next = System.nanoTime() + BEAT;
            loop.schedule(() -> watch(loop, next), BEAT, TimeUnit.NANOSECONDS);
        }
    }

    void look(Proxy proxy) {
        heap = Math.max(heap, Footprint.heapNow());
        direct = Math.max(direct, Footprint.directNow());
        budget = Math.max(budget, proxy.budget().usedBytes());
    }

    /** Takes milliseconds where thousands of files are open, so it is for now and then. */
    void countFiles() {
        files = Math.max(files, Footprint.filesNow());
    }

    @Override
    public String toString() {
        return "heap " + Footprint.megabytes(heap) + ", direct " + Footprint.megabytes(direct) + ", byte budget "
                + Footprint.megabytes(budget) + ", files " + files + ", late by "
                + TimeUnit.NANOSECONDS.toMillis(lag.get()) + " ms";
    }
}
