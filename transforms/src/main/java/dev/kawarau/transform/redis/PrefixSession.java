package dev.kawarau.transform.redis;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whose session it is, and the transaction that it is in. Confined to the event loop. */
final class PrefixSession {
    private boolean known;
    private @Nullable String user;
    private @Nullable KeyPrefix prefix;
    private @Nullable QueuedRequests transaction;

    /** Whether the prefix is that of this user. */
    boolean isOf(@Nullable String current) {
        return known && Objects.equals(user, current);
    }

    void is(@Nullable String current, @Nullable KeyPrefix itsPrefix) {
        known = true;
        user = current;
        prefix = itsPrefix;
    }

    @Nullable
    KeyPrefix prefix() {
        return prefix;
    }

    /** The transaction that arrives; null if none does. */
    @Nullable
    QueuedRequests transaction() {
        return transaction;
    }

    void transaction(@Nullable QueuedRequests begun) {
        transaction = begun;
    }
}
