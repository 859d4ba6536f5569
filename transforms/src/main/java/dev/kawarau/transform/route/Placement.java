package dev.kawarau.transform.route;

import io.netty.buffer.ByteBuf;
import java.util.function.IntPredicate;

/** Where keys belong: highest random weight (rendezvous hashing), so that a place more or less moves few keys. */
final class Placement {
    private Placement() {}

    /** The place of a key, of those of {@code count} that are usable; -1 if none is. */
    static int of(ByteBuf key, int count, IntPredicate usable) {
        long hash = 1;
        for (int i = key.readerIndex(); i < key.writerIndex(); i++) {
            hash = hash * 0x100000001B3L + key.getByte(i);
        }
        int best = -1;
        long most = 0;
        for (int i = 0; i < count; i++) {
            long weight = mix(hash + mix(i));
            if (usable.test(i) && (best < 0 || weight > most)) {
                best = i;
                most = weight;
            }
        }
        return best;
    }

    /** Spreads bits (the last steps of SplitMix64). */
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
