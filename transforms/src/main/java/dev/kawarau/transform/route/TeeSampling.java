package dev.kawarau.transform.route;

import dev.kawarau.Message;
import dev.kawarau.wire.LoopLocal;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Which reads and writes a {@link Tee} copies. */
final class TeeSampling {
    private TeeSampling() {}

    /** A part of all requests, by chance. */
    static Predicate<Message> byChance(double percent, long seed) {
        AtomicLong loops = new AtomicLong(seed);
        LoopLocal<SplittableRandom> random = new LoopLocal<>(loop -> new SplittableRandom(loops.getAndIncrement()));
        return request -> random.get(request.session().loop()).nextDouble() * 100 < percent;
    }

    /** A part of all keys: a request that names one of them, and one that does not name all keys that it touches. */
    static Predicate<Message> byKey(double percent) {
        return request -> {
            List<ByteBuf> keys = request.query().keys();
            return keys.isEmpty()
                    || !request.query().keysKnown()
                    || keys.stream().anyMatch(key -> place(key) * 100 < percent);
        };
    }

    /** Where a key stands between 0 and 1. */
    private static double place(ByteBuf key) {
        return (hash(key) >>> 11) * 0x1p-53;
    }

    /** A hash of a key's bytes whose bits all depend on all of them; the same in every process. */
    static long hash(ByteBuf key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = key.readerIndex(); i < key.writerIndex(); i++) {
            hash = (hash ^ (key.getByte(i) & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
