package dev.kawarau.benchmark.chaos;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keys that are written once, by whoever draws the number, and what became of each. Numbers are drawn from any thread; what
 * happens to one is noted by the thread that drew it.
 */
final class WriteOnce {
    static final byte PENDING = 0;
    static final byte ACKNOWLEDGED = 1;
    static final byte MAYBE = 2;
    static final byte NOT_SENT = 3;

    private final long[] ids;
    private final byte[] fates;
    private final AtomicInteger drawn = new AtomicInteger();

    WriteOnce(int most) {
        ids = new long[most];
        fates = new byte[most];
    }

    /** A number for a value, or -1 if there are no more. */
    int draw(long id) {
        if (drawn.get() >= ids.length) {
            return -1;
        }
        int number = drawn.getAndIncrement();
        if (number >= ids.length) {
            return -1;
        }
        ids[number] = id;
        return number;
    }

    void note(int number, byte fate) {
        fates[number] = fate;
    }

    int count() {
        return Math.min(drawn.get(), ids.length);
    }

    long id(int number) {
        return ids[number];
    }

    byte fate(int number) {
        return fates[number];
    }

    static String key(int number) {
        return "w:" + number;
    }
}
