package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.File;
import java.util.Locale;

/** What this process holds: memory in bytes, open files, threads. */
record Footprint(long heap, long direct, int files, int threads) {
    private static final long MEGABYTE = 1 << 20;

    /** What may differ between two looks at a process that does the same as before. */
    private static final long HEAP_SLACK = 24 * MEGABYTE;

    private static final long DIRECT_SLACK = 32 * MEGABYTE;
    private static final int FILES_SLACK = 4;
    private static final int THREADS_SLACK = 4;

    /** After everything was collected that can be. */
    static Footprint now() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(100);
            least = Math.min(least, heapNow());
        }
        return new Footprint(least, directNow(), filesNow(), Thread.activeCount());
    }

    static long heapNow() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** What the allocator of the proxy's connections has taken. */
    static long directNow() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider known
                ? known.metric().usedDirectMemory()
                : 0;
    }

    /** -1 where nobody knows. */
    static int filesNow() {
        String[] files = new File("/proc/self/fd").list();
        return files == null ? -1 : files.length;
    }

    void compare(Footprint before, Tally tally) {
        if (heap > before.heap + HEAP_SLACK) {
            tally.violation("the heap grew: " + this + " after " + before);
        }
        if (direct > before.direct + DIRECT_SLACK) {
            tally.violation("direct memory grew: " + this + " after " + before);
        }
        if (files > before.files + FILES_SLACK) {
            tally.violation("files were left open: " + this + " after " + before);
        }
        if (threads > before.threads + THREADS_SLACK) {
            tally.violation("threads were left running: " + this + " after " + before);
        }
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / (double) MEGABYTE);
    }

    @Override
    public String toString() {
        return "heap " + megabytes(heap) + ", direct " + megabytes(direct) + ", files " + files + ", threads "
                + threads;
    }
}
