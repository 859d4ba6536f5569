package dev.kawarau.sink.redis;

import org.jspecify.annotations.Nullable;

/**
 * Requests of one session that wait for their turn. Each holds the next, so that the queue takes no memory while it is
 * empty, however long it was. A trip is in one queue at most. Confined to the loop.
 */
final class TripQueue {
    private @Nullable Trip head;
    private @Nullable Trip tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(Trip trip) {
        if (tail == null) {
            head = trip;
        } else {
            tail.next = trip;
        }
        tail = trip;
    }

    void addFirst(Trip trip) {
        trip.next = head;
        head = trip;
        if (tail == null) {
            tail = trip;
        }
    }

    /** Takes out the first; null if there is none. */
    @Nullable
    Trip poll() {
        Trip first = head;
        if (first != null) {
            head = first.next;
            first.next = null;
            if (head == null) {
                tail = null;
            }
        }
        return first;
    }
}
