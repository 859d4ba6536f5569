package dev.kawarau.resp;

/**
 * Which arguments of one request are its keys (or its channels), in the order in which they stand. Immutable, and of a
 * fixed small size however many keys there are.
 */
public final class KeyPositions {

    static final KeyPositions NONE = new KeyPositions(new int[0], 0, 0, 1);

    /** Positions that follow no rule; then come {@code ranged} positions from {@code first}, {@code step} apart. */
    private final int[] single;

    private final int first;
    private final int ranged;
    private final int step;

    private KeyPositions(int[] single, int first, int ranged, int step) {
        this.single = single;
        this.first = first;
        this.ranged = ranged;
        this.step = step;
    }

    static KeyPositions range(int first, int count, int step) {
        return count <= 0 ? NONE : new KeyPositions(NONE.single, first, count, step);
    }

    static KeyPositions singleAndRange(int single, int first, int count, int step) {
        return new KeyPositions(new int[] {single}, first, count, step);
    }

    static KeyPositions singles(int... positions) {
        return new KeyPositions(positions, 0, 0, 1);
    }

    /** Number of keys; a key that is named twice counts twice. */
    public int count() {
        return single.length + ranged;
    }

    /**
     * The argument that is the n-th key.
     *
     * @param n from 0 to {@code count() - 1}
     * @throws IndexOutOfBoundsException if there is no such key
     */
    public int get(int n) {
        if (n < 0 || n >= count()) {
            throw new IndexOutOfBoundsException("key " + n + " of " + count());
        }
        return n < single.length ? single[n] : first + (n - single.length) * step;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int n = 0; n < count(); n++) {
            text.append(n == 0 ? "" : ", ").append(get(n));
        }
        return text.append(']').toString();
    }
}
