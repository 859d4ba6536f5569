package dev.kawarau;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a request has no ordinary response. A transform or sink fails a {@link Reply} with it (or throws it), and the
 * listener answers the client with the native error of its protocol that fits the {@link Kind}. The message is sent to
 * the client, so it says what to do and holds no secrets.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong; protocols map it to their own error codes. */
    public enum Kind {
        /** The request cannot be understood or is not allowed in this state. */
        INVALID,
        /** The client has not said who it is. */
        UNAUTHENTICATED,
        /** The client may not do this. */
        DENIED,
        /** A limit or budget is used up; trying again later makes sense. */
        OVERLOADED,
        /** Nothing answered in time. */
        TIMEOUT,
        /** The database cannot be reached, or the connection to it was lost. */
        UNAVAILABLE,
        /** Kawarau cannot do this, by design or as yet. */
        UNSUPPORTED
    }

    private final Kind kind;
    private final boolean maybeApplied;

    /** A failure after which the request has certainly had no effect. */
    public Failure(Kind kind, String message) {
        this(kind, message, false, null);
    }

    /**
     * A failure.
     *
     * @param message one line, for the client to read
     * @param maybeApplied whether the database may have carried out the request all the same
     * @param cause what led to it, for the log; never sent to the client
     */
    public Failure(Kind kind, String message, boolean maybeApplied, @Nullable Throwable cause) {
        // No stack trace: failures are made by the thousand when a database goes away.
        super(Objects.requireNonNull(message, "message"), cause, false, false);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.maybeApplied = maybeApplied;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** Whether the database may have carried out the request all the same, so that a second try could do it twice. */
    public boolean maybeApplied() {
        return maybeApplied;
    }
}
