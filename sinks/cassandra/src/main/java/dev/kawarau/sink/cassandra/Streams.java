package dev.kawarau.sink.cassandra;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection. One is free again when the server has answered on it, and not before: not when the client
 * has gone, and not when its time ran out, or the answer would reach somebody else. Confined to its event loop.
 */
final class Streams {
    private static final int FIRST_ROOM = 64;

    private final int most;
    private @Nullable Errand[] taken = new @Nullable Errand[FIRST_ROOM];
    private int[] free = new int[FIRST_ROOM];
    private int freeCount;
    private int used;
    private int orphans;
    private long count;

    /** @param most how many may be in use at once, up to 32,768 (native protocol v5, section 2.4.1.3) */
    Streams(int most) {
        this.most = most;
    }

    boolean areLeft() {
        return freeCount > 0 || used < most;
    }

    /** Takes a stream for an errand; there must be one {@linkplain #areLeft left}. */
    void take(Errand errand) {
        int stream = freeCount > 0 ? free[--freeCount] : used++;
        if (stream >= taken.length) {
            taken = Arrays.copyOf(taken, Math.min(most, 2 * taken.length));
        }
        taken[stream] = errand;
        errand.sentOn(stream, ++count);
    }

    /** Whether an answer may come on a stream. */
    boolean isTaken(int stream) {
        return stream >= 0 && stream < used && taken[stream] != null;
    }

    /** The server has answered: frees the stream, and tells whose it was; an orphan is to be forgotten. */
    Errand answered(int stream) {
        Errand errand = taken[stream];
        if (errand == null) {
            throw new IllegalStateException("nobody has stream " + stream);
        }
        taken[stream] = null;
        if (errand == Orphan.ORPHAN) {
            orphans--;
        }
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, Math.min(most, 2 * free.length));
        }
        free[freeCount++] = stream;
        return errand;
    }

    /** Nobody waits for the answer any more, but it may come. */
    void orphan(Errand errand) {
        taken[errand.stream()] = Orphan.ORPHAN;
        orphans++;
    }

    int orphans() {
        return orphans;
    }

    /** How many were taken, so far. */
    long count() {
        return count;
    }

    int inUse() {
        return used - freeCount;
    }
}
