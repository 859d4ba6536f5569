package dev.kawarau.leakcheck;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Makes Netty's leak detectors and keeps what they report. Any thread. */
final class LeakRecorder extends ResourceLeakDetectorFactory {

    private static final long GC_TIMEOUT_MILLIS = 10_000;

    private final Queue<RecordingDetector<?>> detectors = new ConcurrentLinkedQueue<>();
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
    private volatile boolean watchesBuffers;

    private LeakRecorder() {}

    static LeakRecorder install() {
        LeakRecorder recorder = new LeakRecorder();
        ResourceLeakDetector.setLevel(Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(recorder);
        // Loads the class that asks the factory for the detector of all buffers.
        Unpooled.buffer(1).release();
        return recorder;
    }

    void requireInPlace() {
        if (!watchesBuffers) {
            throw new IllegalStateException("Netty's buffers were in use before LeakCheck was loaded: no leak would be"
                    + " seen. Set junit.jupiter.extensions.autodetection.enabled=true so that it is loaded first.");
        }
    }

    /** Returns what leaked since the last call, one text for each leak; empty when nothing did. */
    List<String> collect() throws InterruptedException {
        // A reference is queued some time after its object is found dead, so the second round is what makes it sure
        // that all references of the first are in their queues.
        awaitGarbageCollection();
        awaitGarbageCollection();
        for (RecordingDetector<?> detector : detectors) {
            detector.report();
        }
        List<String> found = new ArrayList<>();
        for (String leak = leaks.poll(); leak != null; leak = leaks.poll()) {
            found.add(leak);
        }
        return found;
    }

    private static void awaitGarbageCollection() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        Reference<Object> canary = new WeakReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(GC_TIMEOUT_MILLIS) != canary) {
            throw new IllegalStateException("No garbage collection within " + GC_TIMEOUT_MILLIS
                    + " ms of System.gc(): leaks cannot be seen. Is -XX:+DisableExplicitGC set?");
        }
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Netty, so it must be here
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int samplingInterval, long maxActive) {
        return newResourceLeakDetector(type, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> type, int samplingInterval) {
        RecordingDetector<T> detector = new RecordingDetector<>(type, samplingInterval, leaks);
        detectors.add(detector);
        if (type == ByteBuf.class) {
            watchesBuffers = true;
        }
        return detector;
    }
}
