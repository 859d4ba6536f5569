package dev.kawarau;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many bytes the connections of a process may hold between them (requests that arrive, requests under way, and
 * responses that clients have not read), and how many requests may be under way. When either is used up, connections are
 * read no further until bytes are given back; one at a time may still finish the request that it is in the middle of, so
 * that the whole never stands still. A client is closed meanwhile if it leaves more unread than one connection may hold,
 * or than there is for all, and more is to come; or if it reads so slowly that it would take more than four seconds to
 * have what waits for it.
 * Thread-safe; listeners may share one.
 */
public final class Budget {
    private static final long DEFAULT_REQUESTS = 1_000_000;

    private static final class Shared {
        private static final Budget budget =
                new Budget(Math.max(64L << 20, PlatformDependent.maxDirectMemory() / 2), DEFAULT_REQUESTS);
    }

    private final long maxBytes;
    private final long maxRequests;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final ConcurrentLinkedQueue<ClientConnection> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<ClientConnection> finishing = new AtomicReference<>();

    private Budget(long maxBytes, long maxRequests) {
        if (maxBytes < 1 || maxRequests < 1) {
            throw new IllegalArgumentException(
                    "a budget needs at least one byte and one request, not " + maxBytes + " and " + maxRequests);
        }
        this.maxBytes = maxBytes;
        this.maxRequests = maxRequests;
    }

    /** A budget of its own, for a million requests at once. */
    public static Budget ofBytes(long maxBytes) {
        return new Budget(maxBytes, DEFAULT_REQUESTS);
    }

    /** The same number of bytes, in a budget of its own, for so many requests at once. */
    public Budget withRequests(long maxRequests) {
        return new Budget(maxBytes, maxRequests);
    }

    /**
     * The budget that every listener uses unless told otherwise: half of the direct memory that the JVM may use, and a
     * million requests.
     */
    public static Budget shared() {
        return Shared.budget;
    }

    /** The limit, in bytes. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Bytes in use, to within a few kilobytes for each connection. */
    public long usedBytes() {
        return used.get();
    }

    /** Requests under way, to within a few dozen for each connection. */
    public long requestsInFlight() {
        return requests.get();
    }

    void add(long bytes, long inFlight) {
        used.addAndGet(bytes);
        requests.addAndGet(inFlight);
        if ((bytes < 0 || inFlight < 0) && !isUsedUp()) {
            wake();
        }
    }

    boolean isUsedUp() {
        return used.get() >= maxBytes || requests.get() >= maxRequests;
    }

    /** Whether a connection in the middle of a request may read on although the budget is used up. */
    boolean mayFinish(ClientConnection connection) {
        return finishing.get() == connection || finishing.compareAndSet(null, connection);
    }

    void finished(ClientConnection connection) {
        if (finishing.compareAndSet(connection, null)) {
            wake();
        }
    }

    /** Wakes a connection when there is room, or when its turn to finish a request may have come. */
    void await(ClientConnection connection) {
        waiting.add(connection);
        // Room may have come between the question and the wait.
        if (!isUsedUp()) {
            wake();
        }
    }

    private void wake() {
        // Not until it is empty: those that find no room wait again, on their own threads, while this runs.
        for (int left = waiting.size(); left > 0; left--) {
            ClientConnection connection = waiting.poll();
            if (connection != null) {
                connection.budgetMayHaveRoom();
            }
        }
    }
}
