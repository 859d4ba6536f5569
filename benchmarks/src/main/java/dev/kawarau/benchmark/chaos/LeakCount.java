package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The buffers that Netty saw collected before they were released; it looks at one of 128. */
final class LeakCount {
    private static final int PROBES = 10_000;

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    private LeakCount() {}

    /** Counts from now on. To be called before Netty makes its first buffer. */
    static LeakCount install() {
        LeakCount count = new LeakCount();
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory(count.leaks));
        return count;
    }

    /** Counts nothing, where something else does. */
    static LeakCount none() {
        return new LeakCount();
    }

    void report(Tally tally) {
        // Netty looks at what was collected when it tracks the next buffer, which is one of many.
        for (int i = 0; i < PROBES; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        leaks.forEach(leak -> tally.violation("leak: " + leak));
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        private final Queue<String> leaks;

        private Factory(Queue<String> leaks) {
            this.leaks = leaks;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract in Netty, so it must be here
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int interval, long maxActive) {
            return newResourceLeakDetector(type, interval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int interval) {
            return new Detector<>(type, interval, leaks);
        }
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {
        private final Queue<String> leaks;

        private Detector(Class<T> type, int interval, Queue<String> leaks) {
            super(type, interval);
            this.leaks = leaks;
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String type, String records) {
            leaks.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
            leaks.add(type);
        }
    }
}
