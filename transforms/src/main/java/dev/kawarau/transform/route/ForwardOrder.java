package dev.kawarau.transform.route;

import dev.kawarau.Promise;
import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one session has forwarded that is under way, by the keys it touches, and what waits for it. Keys are known by a hash: two
 * of the same hash only wait for one another. Confined to the session's loop.
 */
final class ForwardOrder {
    /** What may have to wait for what was forwarded before. */
    abstract static class Waiting extends Promise {
        private int blockers;
        private long until;

        final boolean isBlocked() {
            return blockers > 0;
        }

        /** All that it waited for is over. */
        abstract void unblocked();
    }

    /** What is under way. */
    abstract static class UnderWay extends Waiting {
        private final long @Nullable [] keys;
        private final List<Waiting> behind = new ArrayList<>(0);
        private long number;
        private boolean ended;

        /** @param keys null if it is not known what it touches */
        UnderWay(long @Nullable [] keys) {
            this.keys = keys;
        }

        final long @Nullable [] keys() {
            return keys;
        }
    }

    /** Whether what was begun first counts as ended first. */
    private final boolean ordered;

    private final Set<UnderWay> underWay = new LinkedHashSet<>();
    private final Map<Long, UnderWay> latest = new HashMap<>();
    private @Nullable UnderWay latestOfUnknown;
    private final ArrayDeque<Waiting> behindAll = new ArrayDeque<>(0);
    private final ArrayDeque<Waiting> unblocked = new ArrayDeque<>(0);
    private long numbers;
    private boolean running;

    ForwardOrder(boolean ordered) {
        this.ordered = ordered;
    }

    /** Hashes of what a request touches; null if that is not known. */
    static long @Nullable [] keys(Query query) {
        if (!query.keysKnown()) {
            return null;
        }
        List<ByteBuf> keys = query.keys();
        long[] hashes = new long[keys.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = TeeSampling.hash(keys.get(i));
        }
        return hashes;
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    /** Has something wait for what is under way now and touches one of its keys, if anything does. */
    void block(Waiting waiting, long @Nullable [] keys) {
        if (underWay.isEmpty()) {
            return;
        }
        if (keys == null) {
            waiting.blockers++;
            waiting.until = numbers;
            behindAll.add(waiting);
            return;
        }
        if (keys.length > 0) {
            block(waiting, latestOfUnknown);
        }
        for (long key : keys) {
            block(waiting, latest.get(key));
        }
    }

    private static void block(Waiting waiting, @Nullable UnderWay by) {
        if (by != null) {
            waiting.blockers++;
            by.behind.add(waiting);
        }
    }

    /** Something begins; where there is no order otherwise, it may be blocked by what is under way. */
    void begin(UnderWay begun) {
        if (!ordered) {
            block(begun, begun.keys);
        }
        begun.number = ++numbers;
        underWay.add(begun);
        if (begun.keys == null) {
            latestOfUnknown = begun;
        } else {
            for (long key : begun.keys) {
                latest.put(key, begun);
            }
        }
    }

    /** Something ended: what waits for nothing else goes on, before this returns. */
    void end(UnderWay ended) {
        ended.ended = true;
        if (!ordered) {
            underWay.remove(ended);
            settle(ended);
        } else {
            // One that overtook others has not ended for those that wait for all before them.
            while (!underWay.isEmpty() && underWay.iterator().next().ended) {
                UnderWay first = underWay.iterator().next();
                underWay.remove(first);
                settle(first);
            }
        }
        run();
    }

    private void settle(UnderWay ended) {
        if (ended.keys != null) {
            for (long key : ended.keys) {
                latest.remove(key, ended);
            }
        }
        if (latestOfUnknown == ended) {
            latestOfUnknown = null;
        }
        ended.behind.forEach(this::unblock);
        long oldest = underWay.isEmpty() ? Long.MAX_VALUE : underWay.iterator().next().number;
        while (!behindAll.isEmpty() && behindAll.element().until < oldest) {
            unblock(behindAll.remove());
        }
    }

    private void unblock(Waiting waiting) {
        if (--waiting.blockers == 0) {
            unblocked.add(waiting);
        }
    }

    /** In a loop, for what goes on may end at once and let the next go on from within, and so on. */
    private void run() {
        if (running) {
            return;
        }
        running = true;
        for (Waiting next = unblocked.poll(); next != null; next = unblocked.poll()) {
            next.unblocked();
        }
        running = false;
    }
}
