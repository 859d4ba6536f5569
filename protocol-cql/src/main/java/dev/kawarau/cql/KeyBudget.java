package dev.kawarau.cql;

/**
 * How many values of keys are listed for one request. A name can stand for the same long list of values any number of
 * times, so that what a request would make of its bytes has no bounds. Confined to one thread.
 */
final class KeyBudget {
    /** More than the statements that a batch can have. */
    static final int MOST = 100_000;

    private int left = MOST;

    /** Whether there may be another one. */
    boolean take() {
        return left-- > 0;
    }

    boolean isSpent() {
        return left < 0;
    }
}
