package dev.kawarau.transform.control;

import dev.kawarau.Message;
import dev.kawarau.Session;
import java.util.Map;
import java.util.WeakHashMap;

/** A limit for each client connection, which ends with it. Thread-safe. */
final class SessionBuckets implements Throttle.Buckets {
    // A session may outlive the chain that it was limited by.
    private static final Session.Key<Map<SessionBuckets, Bucket>> BUCKETS = Session.Key.named("limits of the session");

    @Override
    public Bucket of(Message request, long nowNanos) {
        Session session = request.session();
        Map<SessionBuckets, Bucket> buckets = session.get(BUCKETS);
        if (buckets == null) {
            buckets = new WeakHashMap<>(2);
            session.set(BUCKETS, buckets);
        }
        Bucket bucket = buckets.get(this);
        if (bucket == null) {
            bucket = new Bucket();
            buckets.put(this, bucket);
        }
        return bucket;
    }
}
