package dev.kawarau.transform.control;

import dev.kawarau.Message;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A limit for each key, for so many keys; the others share one. A cache would forget keys that are in use when others come,
 * and so give whoever makes up keys a new burst for an old key. Thread-safe.
 */
final class KeyedBuckets implements Throttle.Buckets {
    static final int USUAL_KEYS = 10_000;

    /** Looking for keys to forget takes time, which many new keys must not make it take again and again. */
    private static final long BETWEEN_SWEEPS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Function<? super Message, ?> key;
    private final int most;
    private final ConcurrentMap<Object, Bucket> buckets = new ConcurrentHashMap<>();
    private final Bucket others = new Bucket();
    private final AtomicLong swept = new AtomicLong(Long.MIN_VALUE);

    KeyedBuckets(Function<? super Message, ?> key, int most) {
        this.key = key;
        this.most = most;
    }

    @Override
    public @Nullable Bucket of(Message request, long nowNanos) {
        Object of = key.apply(request);
        if (of == null) {
            return null;
        }
        Bucket bucket = buckets.get(of);
        return bucket != null ? bucket : add(of, nowNanos);
    }

    private Bucket add(Object of, long nowNanos) {
        if (buckets.size() >= most) {
            sweep(nowNanos);
            if (buckets.size() >= most) {
                return others;
            }
        }
        return buckets.computeIfAbsent(of, missing -> new Bucket());
    }

    private void sweep(long nowNanos) {
        long last = swept.get();
        if ((last == Long.MIN_VALUE || nowNanos - last >= BETWEEN_SWEEPS) && swept.compareAndSet(last, nowNanos)) {
            buckets.values().removeIf(bucket -> bucket.retireIfFull(nowNanos));
        }
    }
}
