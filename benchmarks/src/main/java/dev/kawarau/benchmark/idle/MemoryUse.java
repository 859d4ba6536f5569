package dev.kawarau.benchmark.idle;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What a JVM uses, in bytes.
 *
 * @param heap after everything was collected that can be
 * @param direct all direct memory, whoever has it
 * @param allocator the part of it that Netty's allocator has taken, in use or not
 */
record MemoryUse(long heap, long direct, long allocator) {
    private static final int COLLECTIONS = 4;

    /** Together longer than a connection to a server takes to see that nothing is under way any more. */
    private static final long PAUSE_MILLIS = 100;

    /** Collects garbage and measures this JVM. */
    static MemoryUse now() throws InterruptedException {
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            Thread.sleep(PAUSE_MILLIS);
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return new MemoryUse(heap, directNow(), allocatorNow());
    }

    /** What Netty takes past the JDK is not counted there. */
    private static long directNow() {
        long counted = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return PlatformDependent.useDirectBufferNoCleaner() ? counted + PlatformDependent.usedDirectMemory() : counted;
    }

    private static long allocatorNow() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    MemoryUse minus(MemoryUse before) {
        return new MemoryUse(heap - before.heap, direct - before.direct, allocator - before.allocator);
    }

    MemoryUse dividedBy(int connections) {
        return new MemoryUse(heap / connections, direct / connections, allocator / connections);
    }

    /** Heap and direct memory together. */
    long total() {
        return heap + direct;
    }

    String toLine() {
        return heap + " " + direct + " " + allocator;
    }

    static MemoryUse ofLine(String line) {
        long[] numbers =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new MemoryUse(numbers[0], numbers[1], numbers[2]);
    }
}
