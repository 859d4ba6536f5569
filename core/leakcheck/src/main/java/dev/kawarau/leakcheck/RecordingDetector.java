package dev.kawarau.leakcheck;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.Queue;

/** Netty's detector, with reports that go into a queue instead of the log. */
final class RecordingDetector<T> extends ResourceLeakDetector<T> {

    private final Queue<String> leaks;

    RecordingDetector(Class<T> type, int samplingInterval, Queue<String> leaks) {
        super(type, samplingInterval);
        this.leaks = leaks;
    }

    /** Makes Netty look at its queue of collected objects, which it otherwise does when it tracks the next one. */
    void report() {
        @SuppressWarnings("unchecked") // only its identity is used
        T probe = (T) new Object();
        ResourceLeakTracker<T> tracker = trackForcibly(probe);
        if (tracker != null) {
            tracker.close(probe);
        }
    }

    @Override
    protected boolean needReport() {
        return true; // whatever the log level
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        leaks.add(resourceType + " was not released." + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        leaks.add(resourceType + " was not released (no records; set -Dio.netty.leakDetection.targetRecords).");
    }
}
