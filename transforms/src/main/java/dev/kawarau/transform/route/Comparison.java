package dev.kawarau.transform.route;

import java.util.Objects;

/**
 * What came of comparing two responses.
 *
 * @param outcome whether they are the same
 * @param what of different ones, what differs, in words that show no data; else empty
 */
public record Comparison(Outcome outcome, String what) {
    /** Whether two responses are the same. */
    public enum Outcome {
        /** They mean the same. */
        EQUAL,
        /** They do not. */
        DIFFERENT,
        /** They are not to be compared: two servers answer this differently although nothing is wrong. */
        SKIPPED
    }

    /** They mean the same. */
    public static final Comparison EQUAL = new Comparison(Outcome.EQUAL, "");

    /** They are not to be compared. */
    public static final Comparison SKIPPED = new Comparison(Outcome.SKIPPED, "");

    /** A comparison; the words are never null. */
    public Comparison {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(what, "what");
    }

    /** They do not mean the same; the words tell where, and show no data. */
    public static Comparison different(String what) {
        return new Comparison(Outcome.DIFFERENT, what);
    }
}
