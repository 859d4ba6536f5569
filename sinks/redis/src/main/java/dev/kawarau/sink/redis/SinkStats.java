package dev.kawarau.sink.redis;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What a sink's connections did, over all event loops. Thread-safe. */
final class SinkStats {
    private final AtomicInteger shared = new AtomicInteger();
    private final AtomicInteger own = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final SinkMeters meters;

    SinkStats(MeterRegistry registry, RedisSettings settings) {
        this.meters = SinkMeters.join(registry, settings.toString(), this);
    }

    int shared() {
        return shared.get();
    }

    int own() {
        return own.get();
    }

    int idle() {
        return idle.get();
    }

    boolean beginOwn(int most) {
        if (own.incrementAndGet() <= most) {
            return true;
        }
        own.decrementAndGet();
        return false;
    }

    void beginShared() {
        shared.incrementAndGet();
    }

    void endShared() {
        shared.decrementAndGet();
    }

    void endOwn() {
        own.decrementAndGet();
    }

    void beginIdle() {
        idle.incrementAndGet();
    }

    void endIdle() {
        idle.decrementAndGet();
    }

    void failed(boolean wasReady) {
        meters.failed(wasReady);
    }

    void close() {
        meters.leave(this);
    }
}
