package dev.kawarau.transform.redis;

import dev.kawarau.transform.redis.PrefixRule.Answered;
import java.util.ArrayList;
import java.util.List;

/** What a session's transaction has queued, to know what EXEC answers. Confined to the event loop. */
final class QueuedRequests {
    /** More than this are refused, so that a client cannot fill memory with them. */
    static final int MOST = 1 << 18;

    private final KeyPrefix prefix;
    private final List<Answered> queued = new ArrayList<>(4);
    private int arrived;

    QueuedRequests(KeyPrefix prefix) {
        this.prefix = prefix;
    }

    KeyPrefix prefix() {
        return prefix;
    }

    /** Notes that one more is on its way. Returns false if there is no room for it. */
    boolean arrives() {
        return ++arrived <= MOST;
    }

    void add(Answered answered) {
        queued.add(answered);
    }

    int size() {
        return queued.size();
    }

    Answered answered(int request) {
        return queued.get(request);
    }
}
