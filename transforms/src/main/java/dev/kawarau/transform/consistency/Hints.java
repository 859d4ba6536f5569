package dev.kawarau.transform.consistency;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.wire.LoopClock;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes that one replica missed, the latest of each key, until it is back. Nothing counts on them: they spare reads the
 * repair. Confined to the loop.
 */
final class Hints {
    private static final int MOST_UNDER_WAY = 32;
    private static final long OVERHEAD = 200;
    private static final long LOOK_SECONDS = 1;

    private record Hint(Object key, Mutation mutation, long since) {
        long bytes() {
            return mutation.size() + OVERHEAD;
        }
    }

    private final Replica replica;
    private final Quorum quorum;
    private final QuorumMeters.Hinted meters;
    private final EventLoop loop;
    private final LoopClock clock;
    private final Map<Object, Hint> waiting = new LinkedHashMap<>();
    private long bytes;
    private int underWay;
    private boolean looking;
    /** One session's latest request, of all of them: what is sent is sent on behalf of a session. */
    private @Nullable Message lastOrigin;

    Hints(Replica replica, Quorum quorum, QuorumMeters.Hinted meters, EventLoop loop) {
        this.replica = replica;
        this.quorum = quorum;
        this.meters = meters;
        this.loop = loop;
        this.clock = LoopClock.of(loop);
    }

    /** Keeps a write for the replica; of two for one key, the later one. */
    void keep(Object key, Mutation mutation, Message origin) {
        lastOrigin = origin;
        if (keep(new Hint(key, mutation, clock.nanoTime()))) {
            meters.kept().increment();
        }
    }

    private boolean keep(Hint hint) {
        Hint known = waiting.get(hint.key);
        if (known != null && !known.mutation.stamp().isBefore(hint.mutation.stamp())) {
            return false;
        }
        forget(known);
        waiting.put(hint.key, hint);
        bytes += hint.bytes();
        meters.waiting().incrementAndGet();
        while (bytes > quorum.hintBytes()) {
            drop(first());
        }
        lookLater();
        return true;
    }

    private Hint first() {
        return waiting.values().iterator().next();
    }

    private void drop(Hint hint) {
        forget(hint);
        meters.dropped().increment();
    }

    private void forget(@Nullable Hint hint) {
        if (hint != null && waiting.remove(hint.key, hint)) {
            bytes -= hint.bytes();
            meters.waiting().decrementAndGet();
        }
    }

    /** Sends some of what waits, the oldest first; what comes of it decides whether more follows. */
    void deliver(Message origin) {
        if (!waiting.isEmpty()) {
            lastOrigin = origin;
        }
        while (!waiting.isEmpty() && underWay < MOST_UNDER_WAY && !replica.isBehind()) {
            Hint hint = first();
            if (isTooOld(hint)) {
                drop(hint);
            } else {
                send(hint, origin);
            }
        }
    }

    private boolean isTooOld(Hint hint) {
        return clock.nanoTime() - hint.since > quorum.hintNanos();
    }

    private void send(Hint hint, Message origin) {
        forget(hint);
        underWay++;
        replica.sendAside(hint.mutation.message(origin), hint.bytes())
                .whenDone((response, failure) -> sent(hint, origin, response));
    }

    private void sent(Hint hint, Message origin, @Nullable Message response) {
        underWay--;
        if (!isTaken(response)) {
            // With its age: it is the write that grows old.
            keep(hint);
            return;
        }
        meters.delivered().increment();
        if (!waiting.isEmpty()) {
            // Not here and now: a long queue that is answered at once would overflow the stack.
            loop.execute(() -> deliver(origin));
        }
    }

    private boolean isTaken(@Nullable Message response) {
        if (response == null) {
            return false;
        }
        try {
            quorum.clock().witness(quorum.versioning().stored(response));
            return true;
        } catch (Failure refused) {
            return false;
        }
    }

    /** A replica that nobody talks to does not show that it is back: one hint is tried now and then. */
    private void lookLater() {
        if (!looking && !waiting.isEmpty()) {
            looking = true;
            loop.schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void look() {
        looking = false;
        while (!waiting.isEmpty() && isTooOld(first())) {
            drop(first());
        }
        Message origin = lastOrigin;
        if (origin != null && !origin.session().isOpen()) {
            lastOrigin = null;
        } else if (origin != null && !waiting.isEmpty() && underWay == 0) {
            send(first(), origin);
        }
        lookLater();
    }
}
