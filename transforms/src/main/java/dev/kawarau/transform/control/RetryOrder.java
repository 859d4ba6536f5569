package dev.kawarau.transform.control;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What a session that counts on the order of its requests has sent, so that no retry changes what comes after what. While
 * one of its requests is tried again, those that come after it wait here. Confined to the session's loop.
 */
final class RetryOrder {
    // A session may outlive the chain that it was retried by.
    private static final Session.Key<Map<Object, RetryOrder>> ORDERS = Session.Key.named("order of retries");

    private final ArrayDeque<Held> held = new ArrayDeque<>(0);
    private long sent;
    private long lastChange;
    private int retrying;
    private boolean draining;
    private boolean closed;

    private RetryOrder() {}

    /** Of a session at one transform. */
    static RetryOrder of(Session session, Object transform) {
        Map<Object, RetryOrder> orders = session.get(ORDERS);
        if (orders == null) {
            Map<Object, RetryOrder> created = new WeakHashMap<>(2);
            orders = created;
            session.set(ORDERS, created);
            session.onClose(() -> new ArrayList<>(created.values()).forEach(RetryOrder::close));
        }
        RetryOrder order = orders.get(transform);
        if (order == null) {
            order = new RetryOrder();
            orders.put(transform, order);
        }
        return order;
    }

    /** A request that waits, and what is done with it when it may go. */
    abstract static class Held extends Promise {
        final Message request;

        Held(Message request) {
            this.request = request;
        }

        abstract void go();
    }

    /** Whether what comes now has to wait. */
    boolean isHolding() {
        return retrying > 0 || !held.isEmpty();
    }

    void hold(Held waiting) {
        held.add(waiting);
    }

    /**
     * A request is sent for the first time.
     *
     * @return its place in the order
     */
    long sent(Query query) {
        sent++;
        if (query.kind() != Query.Kind.READ) {
            lastChange = sent;
        }
        return sent;
    }

    /** What follows is sent elsewhere, if nothing of the session is here that it must not overtake. */
    boolean leave() {
        if (isHolding()) {
            return false;
        }
        sent++;
        lastChange = sent;
        return true;
    }

    /** Whether the request of that place may be sent again now: nothing was sent after it, or only reads after a read. */
    boolean mayRepeat(long place, Query query) {
        return place == sent || (query.kind() == Query.Kind.READ && lastChange <= place);
    }

    /** A request is going to be tried again. */
    void begin() {
        retrying++;
    }

    /** It is not any more. */
    void end() {
        retrying--;
        if (draining) {
            return;
        }
        draining = true;
        while (retrying == 0 && !held.isEmpty()) {
            Held next = held.remove();
            if (closed || next.request.isOver()) {
                next.fail(new Failure(Failure.Kind.UNAVAILABLE, "the client is gone"));
            } else {
                next.go();
            }
        }
        draining = false;
    }

    private void close() {
        closed = true;
        while (!held.isEmpty()) {
            held.remove().fail(new Failure(Failure.Kind.UNAVAILABLE, "the client is gone"));
        }
    }
}
