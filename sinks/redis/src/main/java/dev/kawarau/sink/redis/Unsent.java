package dev.kawarau.sink.redis;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits until a connection can be written to, in the order in which it came: clients' requests, and commands of the
 * proxy's own. Confined to the connection's event loop.
 */
final class Unsent {
    /** A command of the proxy's own without which nothing behind it may be carried out. */
    private static final class Condition {
        private final byte[] command;

        private Condition(byte[] command) {
            this.command = command;
        }
    }

    private final UpstreamConnection connection;

    /** Null while it would be empty: a queue stays as large as it ever was, and few connections need it again. */
    private @Nullable ArrayDeque<Object> queue;

    private boolean holding;
    private boolean beingLost;

    Unsent(UpstreamConnection connection) {
        this.connection = connection;
    }

    /** Whether the server has yet to carry out a command without which nothing may follow. */
    boolean isHolding() {
        return holding;
    }

    /** Whether whatever comes has to queue here, once the connection is ready. */
    boolean isInTheWay() {
        return holding || queue != null;
    }

    void add(Trip trip) {
        trip.keep();
        enqueue(trip);
    }

    /** Adds a command of the proxy's own, of whose reply nobody wants to know. */
    void add(byte[] command) {
        enqueue(command);
    }

    /**
     * Adds a command of the proxy's own, and writes it if its turn has come. What follows stays here until the server has
     * carried it out.
     */
    void addCondition(byte[] command) {
        enqueue(new Condition(command));
        write();
    }

    private void enqueue(Object last) {
        if (queue == null) {
            queue = new ArrayDeque<>(1);
        }
        queue.add(last);
    }

    private @Nullable Object poll() {
        ArrayDeque<Object> waiting = queue;
        if (waiting == null) {
            return null;
        }
        Object first = waiting.poll();
        if (waiting.isEmpty()) {
            queue = null;
        }
        return first;
    }

    /** Writes as much as may be written now. */
    void write() {
        Object next;
        while (!holding && connection.isReady() && (next = poll()) != null) {
            if (next instanceof byte[] command) {
                connection.sendNow(command, reply -> {});
            } else if (next instanceof Condition condition) {
                hold(condition.command);
            } else {
                connection.write((Trip) next);
            }
        }
    }

    private void hold(byte[] command) {
        holding = true;
        connection.sendNow(command, reply -> {
            holding = false;
            if (reply.isError()) {
                connection.close("refused what the session had before: " + reply.value());
            } else {
                write();
            }
        });
    }

    /**
     * Tells everybody that the connection is gone, first those to whom it owes replies, then those who wait here. An answer
     * lets a client go on: what it sends meanwhile is lost after what it sent before.
     */
    void loseAfter(ArrayDeque<Object> sent, String because) {
        beingLost = true;
        Object next;
        while ((next = sent.poll()) != null) {
            connection.lose(next, because);
        }
        while ((next = poll()) != null) {
            connection.lose(next, because);
        }
        beingLost = false;
    }

    /** Whether what comes now, although the connection is gone, has to wait for its turn to be told so. */
    boolean isBeingLost() {
        return beingLost;
    }
}
