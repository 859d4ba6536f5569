package dev.kawarau.benchmark.chaos;

import java.util.Arrays;

/** Requests that wait for their replies, oldest first. Not thread-safe. */
final class Pending {
    /** What was asked, and so what may be answered. */
    enum Kind {
        HELLO,
        SET,
        SET_GET,
        GET,
        MGET,
        INCR,
        ECHO,
        ONCE,
        MULTI,
        QUEUED_SET,
        QUEUED_INCR,
        EXEC
    }

    private Kind[] kinds = new Kind[64];
    private int[] places = new int[64];
    private long[] ids = new long[64];
    private int[] lives = new int[64];
    private int head;
    private int size;

    /**
     * Notes a request.
     *
     * @param place the slot of the key, or the number of a key that is written once
     * @param id the value, if there is one
     * @param life of the server as it is sent
     */
    void add(Kind kind, int place, long id, int life) {
        if (size == kinds.length) {
            grow();
        }
        int at = (head + size++) & (kinds.length - 1);
        kinds[at] = kind;
        places[at] = place;
        ids[at] = id;
        lives[at] = life;
    }

    private void grow() {
        int length = kinds.length;
        Kind[] moreKinds = Arrays.copyOf(kinds, 2 * length);
        int[] morePlaces = new int[2 * length];
        long[] moreIds = new long[2 * length];
        int[] moreLives = new int[2 * length];
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (length - 1);
            moreKinds[i] = kinds[from];
            morePlaces[i] = places[from];
            moreIds[i] = ids[from];
            moreLives[i] = lives[from];
        }
        kinds = moreKinds;
        places = morePlaces;
        ids = moreIds;
        lives = moreLives;
        head = 0;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    Kind kind() {
        return kinds[head];
    }

    int place() {
        return places[head];
    }

    long id() {
        return ids[head];
    }

    int life() {
        return lives[head];
    }

    void remove() {
        head = (head + 1) & (kinds.length - 1);
        size--;
    }
}
