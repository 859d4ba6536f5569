package dev.kawarau.transform.control;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries there may be for what is asked: each request pays in a share of a retry, and each retry takes out one, so
 * that retries cannot multiply the load on a database that is failing. Thread-safe.
 */
final class RetryBudget {
    private static final long RETRY = 1_000;

    private final long deposit;
    private final long most;
    private final AtomicLong balance;

    /** A budget that is full: of so many retries, and so many for each request. */
    RetryBudget(double share, int most) {
        this.deposit = Math.round(share * RETRY);
        this.most = most * RETRY;
        this.balance = new AtomicLong(this.most);
    }

    /** A request came that is none itself. */
    void deposit() {
        for (long now = balance.get(); now < most; now = balance.get()) {
            if (balance.compareAndSet(now, Math.min(most, now + deposit))) {
                return;
            }
        }
    }

    /** Takes a retry out if there is one. */
    boolean withdraw() {
        for (long now = balance.get(); now >= RETRY; now = balance.get()) {
            if (balance.compareAndSet(now, now - RETRY)) {
                return true;
            }
        }
        return false;
    }
}
