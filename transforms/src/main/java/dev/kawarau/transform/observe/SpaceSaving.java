package dev.kawarau.transform.observe;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The heaviest of any number of things in bounded memory: the Space-Saving summary of Metwally, Agrawal and El Abbadi (2005),
 * with weights. Of {@code n} in all among {@code m} counters, whatever weighs more than {@code n / m} has a counter, and a
 * counter is too high by at most its error, which is at most {@code n / m}, and never too low. Not thread-safe.
 */
final class SpaceSaving {
    /** One thing that is counted. */
    static final class Counter {
        private long hash;
        private String namespace = "";
        private byte[] key = new byte[0];
        private int kept;
        private int length;
        private double amount;
        private double error;
        private int place;

        long hash() {
            return hash;
        }

        String namespace() {
            return namespace;
        }

        /** The first bytes of the key. */
        byte[] key() {
            return Arrays.copyOf(key, kept);
        }

        /** Whether {@link #key()} is all of it. */
        boolean isWhole() {
            return kept == length;
        }

        double amount() {
            return amount;
        }

        double error() {
            return error;
        }

        private void name(long hash, String namespace, @Nullable ByteBuf key, int mostOfAKey) {
            this.hash = hash;
            this.namespace = namespace;
            length = key == null ? 0 : key.readableBytes();
            kept = Math.min(length, mostOfAKey);
            if (this.key.length < kept) {
                this.key = new byte[kept];
            }
            if (key != null) {
                key.getBytes(key.readerIndex(), this.key, 0, kept);
            }
        }
    }

    private final int capacity;
    private final int mostOfAKey;
    private final LongObjectHashMap<Counter> byHash = new LongObjectHashMap<>();
    // A heap with the lightest counter at the root.
    private Counter[] heap = new Counter[16];
    private int size;
    private double total;

    SpaceSaving(int capacity, int mostOfAKey) {
        this.capacity = capacity;
        this.mostOfAKey = mostOfAKey;
    }

    /** Adds weight to a thing, which is known by its hash. */
    void add(long hash, String namespace, @Nullable ByteBuf key, double weight) {
        total += weight;
        Counter counter = byHash.get(hash);
        if (counter == null) {
            counter = size < capacity ? added() : lightestFreed();
            counter.name(hash, namespace, key, mostOfAKey);
            byHash.put(hash, counter);
        }
        counter.amount += weight;
        sink(counter);
    }

    private Counter added() {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.min(capacity, 2 * size));
        }
        Counter counter = new Counter();
        int place = size++;
        // It weighs nothing as yet, so it belongs at the root.
        for (int parent; place > 0; place = parent) {
            parent = (place - 1) / 2;
            put(heap[parent], place);
        }
        put(counter, 0);
        return counter;
    }

    private Counter lightestFreed() {
        Counter counter = heap[0];
        byHash.remove(counter.hash);
        counter.error = counter.amount;
        return counter;
    }

    private void sink(Counter counter) {
        int place = counter.place;
        for (int child; (child = 2 * place + 1) < size; place = child) {
            if (child + 1 < size && heap[child + 1].amount < heap[child].amount) {
                child++;
            }
            if (counter.amount <= heap[child].amount) {
                break;
            }
            put(heap[child], place);
        }
        put(counter, place);
    }

    private void put(Counter counter, int place) {
        heap[place] = counter;
        counter.place = place;
    }

    /** All that was added. */
    double total() {
        return total;
    }

    /** What a thing without a counter weighs at most. */
    double least() {
        return size < capacity ? 0 : heap[0].amount;
    }

    void forEach(Consumer<? super Counter> consumer) {
        for (int i = 0; i < size; i++) {
            consumer.accept(heap[i]);
        }
    }

    /** All weights become others, in the same order. */
    void scale(double factor) {
        total *= factor;
        for (int i = 0; i < size; i++) {
            heap[i].amount *= factor;
            heap[i].error *= factor;
        }
    }

    void clear() {
        byHash.clear();
        Arrays.fill(heap, 0, size, null);
        size = 0;
        total = 0;
    }
}
