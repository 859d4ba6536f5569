package dev.kawarau.transform.route;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How much may be under way that no client waits for, of all sessions. Thread-safe. */
final class RequestBuffer {
    private final int mostRequests;
    private final long mostBytes;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    RequestBuffer(int mostRequests, long mostBytes) {
        this.mostRequests = mostRequests;
        this.mostBytes = mostBytes;
    }

    /** Takes room for a request, if there is any. One that is larger than all of the buffer has room only if nothing else is there. */
    boolean take(int size) {
        long before = requests.getAndIncrement();
        long bytesBefore = bytes.getAndAdd(size);
        if (before < mostRequests && (bytesBefore + size <= mostBytes || before == 0)) {
            return true;
        }
        bytes.addAndGet(-size);
        requests.decrementAndGet();
        return false;
    }

    boolean hasRoom(int size) {
        long now = requests.get();
        return now < mostRequests && (bytes.get() + size <= mostBytes || now == 0);
    }

    /** A response is kept beside its request; it was asked for, so it is never refused. */
    void add(int size) {
        bytes.addAndGet(size);
    }

    void giveBack(long size) {
        bytes.addAndGet(-size);
        requests.decrementAndGet();
        wake();
    }

    /** Runs an action once, on any thread, when there may be room for a request of that size. */
    void await(int size, Runnable action) {
        waiting.add(action);
        if (hasRoom(size)) {
            wake();
        }
    }

    /** Lets one go on that waits. */
    void wake() {
        @Nullable Runnable next = waiting.poll();
        if (next != null) {
            next.run();
        }
    }

    long requests() {
        return requests.get();
    }

    long bytes() {
        return bytes.get();
    }
}
