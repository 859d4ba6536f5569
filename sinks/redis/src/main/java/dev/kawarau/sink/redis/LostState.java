package dev.kawarau.sink.redis;

import dev.kawarau.Failure;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import org.jspecify.annotations.Nullable;

/**
 * A transaction or a watch that a session counts on and that is gone: decides what the session is answered until it has
 * made up for that. A transaction whose connection is gone fails as a whole, and a watch that nobody kept counts as a
 * conflict. Confined to the loop.
 */
final class LostState {
    private static final RespMessage OK = RespMessage.of(RespValue.ok());

    private final RespSession resp;
    private final String server;
    private boolean transaction;
    private String transactionLoss = "";
    private Failure.Kind transactionLossKind = Failure.Kind.UNAVAILABLE;
    private boolean watch;

    /** A WATCH was answered with an error of the proxy's own, which what was sent behind it knows nothing of. */
    private boolean failedWatch;

    LostState(RespSession resp, String server) {
        this.resp = resp;
        this.server = server;
    }

    boolean isAny() {
        return transaction || watch || failedWatch;
    }

    /** The session's own connection is gone. */
    void connection(ConnectionState state) {
        transaction = state.isTransactionOpen();
        transactionLoss = "lost the transaction with its connection";
        transactionLossKind = Failure.Kind.UNAVAILABLE;
        // Or before, with another connection: nothing has made up for that yet.
        watch |= state.isWatching();
    }

    /**
     * MULTI found no connection. An error in reply to it would let what the client has sent after it run by itself, and
     * nobody can tell that from what it sends once it knows: so the transaction begins, and is lost already.
     */
    void multi(Trip multi, String reason, Failure.Kind kind) {
        transaction = true;
        transactionLoss = reason;
        transactionLossKind = kind;
        multi.answer(OK);
    }

    void watchFailed() {
        failedWatch = true;
    }

    /** The client is told that an EXEC failed, which makes up for a WATCH that did. */
    void execFailed() {
        failedWatch = false;
    }

    /**
     * Answers a request that counts on what is gone, or readies it.
     *
     * @param own the session's own connection, if it has one again
     * @return whether it was answered, and is not to be sent
     */
    boolean answers(Trip trip, @Nullable OwnConnection own) {
        RespCommand command = trip.request().command();
        if (command == Commands.RESET) {
            // It ends the transaction, which is no more anyhow, but makes up for a watch only once it is carried out.
            transaction = false;
            return false;
        }
        boolean ends = command == Commands.EXEC || command == Commands.DISCARD;
        if (ends && (transaction || trip.isQueued)) {
            return answersEnd(trip, command, own);
        }
        if (command == Commands.MULTI && trip.beginsTransaction) {
            // Whoever begins anew was told of the loss.
            transaction = false;
        }
        if (command == Commands.UNWATCH && !transaction && !resp.inTransaction()) {
            watch = false;
            failedWatch = false;
        }
        if (transaction) {
            trip.lost(server, transactionLoss, transactionLossKind);
            // Not what the field says now: the EXEC behind it may have come in the meantime.
            return true;
        }
        return false;
    }

    /** The session is as a new one. */
    void reset() {
        transaction = false;
        watch = false;
        failedWatch = false;
    }

    private boolean answersEnd(Trip trip, RespCommand command, @Nullable OwnConnection own) {
        boolean wasTransaction = transaction;
        boolean conflict = watch;
        boolean unwatched = failedWatch;
        reset();
        if (wasTransaction) {
            if (own != null) {
                // It is about to be lost, and this request came while its other ones were told so.
                own.state().sent(command, false);
            }
            trip.answer(command == Commands.EXEC ? Trip.EXECABORT : OK);
            return true;
        }
        if (command == Commands.EXEC && own != null) {
            if (unwatched) {
                trip.spoiled = true;
            } else if (conflict) {
                trip.noteWatchLost();
            }
        }
        return false;
    }
}
