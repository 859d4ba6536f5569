package dev.kawarau.sink.redis;

import dev.kawarau.Failure;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request on its way to a server and back, and its place in the queue of a connection. Confined to one loop. */
final class Trip extends Promise {
    static final RespMessage EXECABORT =
            RespMessage.error("EXECABORT Transaction discarded because of previous errors.");

    private static final RespMessage NOT_IN_TRANSACTION =
            RespMessage.error("ERR Command not allowed inside a transaction");
    private static final byte[] DISCARD = Handshake.command(List.of("DISCARD"));

    private final Route route;
    private final RespMessage request;

    /** The one behind it in the {@link TripQueue}. */
    @Nullable
    Trip next;

    /** Written in place of the request, where the proxy has to end a transaction in another way. */
    byte @Nullable [] substitute;

    /** The substitute stands for an EXEC that found a conflict, and not for one of a spoiled transaction. */
    private boolean isConflict;

    long sentNanos;
    boolean written;
    boolean onShared;
    boolean unanswered;
    boolean mayBlock;

    /** Part of a transaction, so that it waits for nothing before EXEC, nor then. */
    boolean isQueued;

    /** MULTI that is not nested in another transaction. */
    boolean beginsTransaction;

    private boolean kept;

    /** EXEC of a transaction of which a request never arrived here. */
    boolean spoiled;

    Trip(Route route, RespMessage request) {
        this.route = route;
        this.request = request;
    }

    RespMessage request() {
        return request;
    }

    Route route() {
        return route;
    }

    /** In the order of arrival, which is what the client believes in; the server's answers come later. */
    void follow(RespSession session) {
        isQueued = session.inTransaction();
        RespCommand command = request.command();
        if (command.routing() != RespCommand.Routing.PINNED) {
            return;
        }
        if (command == Commands.MULTI) {
            if (!isQueued && request.count() == 1) {
                session.inTransaction(true);
                beginsTransaction = true;
            }
        } else if (command == Commands.EXEC) {
            spoiled = session.isTransactionSpoiled();
            session.inTransaction(false);
        } else if ((command == Commands.DISCARD || command == Commands.RESET) && command.accepts(request.count())) {
            session.inTransaction(false);
        }
    }

    /** Answers a request that would turn the connection into a stream of replication, in a transaction as Redis does. */
    void refuseStream(RespSession session) {
        if (session.inTransaction()) {
            session.spoilTransaction();
            answer(NOT_IN_TRANSACTION);
        } else {
            refuse(new Failure(
                    Failure.Kind.UNSUPPORTED,
                    "'" + request.command().name() + "' belongs to a replication stream, which does not pass"
                            + " through Kawarau; connect to the server itself"));
        }
    }

    /**
     * Keeps the request's memory until the trip ends, where it is looked at after it was written: a transform may answer
     * the client in the meantime, and the exchange ends then.
     */
    void keep() {
        if (!kept) {
            kept = true;
            request.retain();
        }
    }

    private void letGo() {
        if (kept) {
            kept = false;
            request.release();
        }
    }

    void answer(RespMessage response) {
        if (onShared) {
            route.sharedAnswers(this, response);
        }
        complete(response);
        letGo();
        if (onShared) {
            route.sharedDone(this);
        }
    }

    /** EXEC after a WATCH that nobody kept: the transaction is dropped, and the client told of a conflict. */
    void noteWatchLost() {
        substitute = DISCARD;
        isConflict = true;
    }

    /** EXEC of a transaction of which a request was refused on its way here: nothing of it may be carried out. */
    void noteSpoiled() {
        substitute = DISCARD;
        isConflict = false;
    }

    /** What the client is told, given what the server answered: in the protocol version that the session speaks by then. */
    RespMessage answerFor(RespMessage response) {
        if (substitute == null) {
            return response;
        }
        return isConflict
                ? RespMessage.of(
                        RespValue.nilArray(), RespSession.of(request.session()).version())
                : EXECABORT;
    }

    /** Not for the server to answer. */
    void refuse(Failure failure) {
        fail(failure);
        letGo();
    }

    /** The connection is gone, or never was. */
    void lost(String server, String reason, Failure.Kind kind) {
        if (beginsTransaction) {
            route.lostMulti(this, reason, kind);
            return;
        }
        route.lost(this);
        boolean maybeApplied = written && request.command().kind() != Query.Kind.READ;
        String effect = !written
                ? "the command was not sent"
                : maybeApplied ? "the command may have been applied" : "the command changed nothing";
        fail(new Failure(kind, "redis at " + server + " " + reason + "; " + effect, maybeApplied, null));
        letGo();
        if (onShared) {
            route.sharedDone(this);
        }
    }
}
