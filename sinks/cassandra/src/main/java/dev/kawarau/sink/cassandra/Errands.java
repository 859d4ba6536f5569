package dev.kawarau.sink.cassandra;

import org.jspecify.annotations.Nullable;

/** Errands in the order in which their time runs out, which is that in which they came. Confined to its event loop. */
final class Errands {
    private @Nullable Errand first;
    private @Nullable Errand last;
    private int size;

    void add(Errand errand) {
        errand.previous = last;
        errand.next = null;
        if (last == null) {
            first = errand;
        } else {
            last.next = errand;
        }
        last = errand;
        size++;
    }

    void remove(Errand errand) {
        Errand previous = errand.previous;
        Errand next = errand.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        errand.previous = null;
        errand.next = null;
        size--;
    }

    @Nullable
    Errand peek() {
        return first;
    }

    @Nullable
    Errand poll() {
        Errand errand = first;
        if (errand != null) {
            remove(errand);
        }
        return errand;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }
}
