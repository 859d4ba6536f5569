package dev.kawarau;

import java.util.Objects;

/**
 * A {@link Reply} that its maker completes, on the session's event loop. For sinks, and for transforms that answer later.
 */
public class Promise extends Reply {
    /** A promise that is still pending. */
    public Promise() {}

    /**
     * Completes the reply.
     *
     * @return false if it was complete already; then nothing happens
     */
    public final boolean complete(Message message) {
        return settle(Objects.requireNonNull(message, "message"), null);
    }

    /**
     * Fails the reply.
     *
     * @return false if it was complete already; then nothing happens
     */
    public final boolean fail(Throwable failure) {
        return settle(null, Objects.requireNonNull(failure, "failure"));
    }
}
