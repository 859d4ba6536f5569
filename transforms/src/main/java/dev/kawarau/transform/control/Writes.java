package dev.kawarau.transform.control;

import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Which keys have been written, and are being written, by all event loops: a number for each key, which some keys share. A
 * number that has not changed means that nothing was begun, and one without writes under way that all had ended. Thread-safe.
 */
final class Writes {
    private static final int STRIPE_BITS = 13;
    private static final int STRIPES = 1 << STRIPE_BITS;
    /** Writes begun are counted from here on up, those under way below. */
    private static final long BEGUN = 1L << 32;
    /** What is behind the stripes concerns all keys. */
    private static final int ALL = STRIPES;

    private final AtomicLongArray numbers = new AtomicLongArray(STRIPES + 1);

    /** A write under way. */
    final class Write {
        private final int[] places;

        private Write(int[] places) {
            this.places = places;
            for (int place : places) {
                numbers.addAndGet(place, BEGUN + 1);
            }
        }

        /** Once, when it is certain that the database will carry out no more of it. */
        void end() {
            for (int place : places) {
                numbers.decrementAndGet(place);
            }
        }
    }

    /** What some keys were at, at a moment when nothing was writing them. */
    final class View {
        private final int[] places;
        private final long[] seen;

        private View(int[] places, long[] seen) {
            this.places = places;
            this.seen = seen;
        }

        /** Whether nothing has begun to write them since. */
        boolean isCurrent() {
            for (int i = 0; i < places.length; i++) {
                if (numbers.get(places[i]) != seen[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A request is about to be sent; null if it writes nothing. */
    @Nullable
    Write begin(Query query) {
        return switch (query.kind()) {
            case READ, PUBSUB -> null;
            case SESSION -> query.isInTransaction() ? new Write(new int[] {ALL}) : null;
            default -> {
                List<ByteBuf> keys = query.keys();
                yield new Write(keys.isEmpty() || !query.keysKnown() ? new int[] {ALL} : places(keys, 0));
            }
        };
    }

    /** Null if there are no keys, and if something is writing one of them, or may be. */
    @Nullable
    View view(List<ByteBuf> keys) {
        if (keys.isEmpty()) {
            return null;
        }
        int[] places = places(keys, 1);
        places[keys.size()] = ALL;
        long[] seen = new long[places.length];
        for (int i = 0; i < places.length; i++) {
            seen[i] = numbers.get(places[i]);
            if ((int) seen[i] != 0) {
                return null;
            }
        }
        return new View(places, seen);
    }

    /** The places of some keys, and room for more behind them. */
    private int[] places(List<ByteBuf> keys, int more) {
        int[] places = new int[keys.size() + more];
        for (int i = 0; i < keys.size(); i++) {
            // Who makes up keys with one hash has them shared less, and nothing else.
            int hash = keys.get(i).hashCode() * 0x9E3779B9;
            places[i] = hash >>> (Integer.SIZE - STRIPE_BITS);
        }
        return places;
    }
}
