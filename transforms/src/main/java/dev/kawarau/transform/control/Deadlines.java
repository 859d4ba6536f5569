package dev.kawarau.transform.control;

import dev.kawarau.Promise;
import dev.kawarau.Session;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is under way on one event loop and has the same time for it, so that it expires in the order in which it came: one
 * timer does for all of it, and what ends in time costs a few assignments. Confined to the loop.
 */
final class Deadlines {
    private final Map<Long, Deadlines> all;
    private final long nanos;
    private @Nullable Entry head;
    private @Nullable Entry tail;

    private Deadlines(Map<Long, Deadlines> all, long nanos) {
        this.all = all;
        this.nanos = nanos;
    }

    /**
     * Adds what is to be over in so long.
     *
     * @param all those of the loop, by time
     */
    static void add(Map<Long, Deadlines> all, long nanos, Entry entry) {
        Deadlines deadlines = all.get(nanos);
        if (deadlines == null) {
            deadlines = new Deadlines(all, nanos);
            all.put(nanos, deadlines);
            deadlines.schedule(entry.session, nanos);
        }
        deadlines.append(entry);
    }

    private void append(Entry entry) {
        entry.deadline = entry.session.nanoTime() + nanos;
        entry.line = this;
        entry.previous = tail;
        if (tail == null) {
            head = entry;
        } else {
            tail.next = entry;
        }
        tail = entry;
    }

    private void schedule(Session session, long delay) {
        session.loop().schedule(this::check, delay, TimeUnit.NANOSECONDS);
    }

    private void check() {
        Entry first = head;
        while (first != null) {
            long left = first.deadline - first.session.nanoTime();
            if (left > 0) {
                schedule(first.session, left);
                return;
            }
            remove(first);
            first.expire();
            first = head;
        }
        all.remove(nanos);
    }

    private void remove(Entry entry) {
        if (entry.previous == null) {
            head = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            tail = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
        entry.line = null;
    }

    /** Something that has so long. */
    abstract static class Entry extends Promise {
        final Session session;
        private long deadline;
        private @Nullable Deadlines line;
        private @Nullable Entry previous;
        private @Nullable Entry next;

        Entry(Session session) {
            this.session = session;
        }

        /** Its time is up. */
        abstract void expire();

        /** It ended in time. */
        final void end() {
            if (line != null) {
                line.remove(this);
            }
        }
    }
}
