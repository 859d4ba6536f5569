package dev.kawarau.transform.consistency;

/**
 * The version of a value: a reading of a hybrid logical clock. Stamps are totally ordered, each is given to one write
 * only, and a write gets a higher one than every write that was acknowledged before it began.
 *
 * @param time milliseconds since 1970 times 65,536, and a counter in the low 16 bits
 * @param node which clock it is from; unsigned, decides between equal times
 */
public record Stamp(long time, long node) implements Comparable<Stamp> {
    /** The stamp of what was never written; lower than every other. */
    public static final Stamp NONE = new Stamp(0, 0);

    static final int COUNTER_BITS = 16;

    /** The milliseconds since 1970 that the writer's clock showed, or later if it was behind others. */
    public long millis() {
        return time >>> COUNTER_BITS;
    }

    @Override
    public int compareTo(Stamp other) {
        int byTime = Long.compare(time, other.time);
        return byTime != 0 ? byTime : Long.compareUnsigned(node, other.node);
    }

    /** Whether this stamp is lower than another. */
    public boolean isBefore(Stamp other) {
        return compareTo(other) < 0;
    }
}
