package dev.kawarau.sink.redis;

import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;

/**
 * What a session's requests left on its own connection, told from the requests and the server's answers. Decides when
 * the session may go back to shared connections: when nothing is left.
 */
final class ConnectionState {
    private final RespSession session;
    private final int homeDatabase;
    private int database;
    private final Subscriptions subscriptions = new Subscriptions();
    private boolean inTransaction;
    private boolean queuedState;
    private boolean watching;
    private boolean watchWanted;
    private boolean transactionOpen;
    private boolean tracking;
    private boolean monitoring;
    private boolean stays;
    private boolean spent;

    ConnectionState(RespSession session, int homeDatabase, int database) {
        this.session = session;
        this.homeDatabase = homeDatabase;
        this.database = database;
    }

    /** Which database the connection is in. */
    int database() {
        return database;
    }

    /** The session can never do without this connection again, short of RESET. */
    void stays() {
        stays = true;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    boolean isMonitoring() {
        return monitoring;
    }

    /** Whether the server is queueing requests, as of its last answer. */
    boolean isInTransaction() {
        return inTransaction;
    }

    /** Whether the server queued a request that may leave something on the connection. */
    boolean hasQueuedState() {
        return queuedState;
    }

    /** Whether the client still counts on a WATCH that the server carried out. */
    boolean isWatching() {
        return watching && watchWanted;
    }

    /** Whether no other session may have the connection, since it is not as the sink makes one, or may not be. */
    boolean isSpent() {
        return spent;
    }

    boolean isClean() {
        return isMovable() && database == homeDatabase;
    }

    /** Whether another connection can be brought to where this one is. */
    boolean isMovable() {
        return !inTransaction && !watching && !isIrreplaceable();
    }

    /** Whether losing the connection loses what nobody can make anew for the client. */
    boolean isIrreplaceable() {
        return stays || tracking || monitoring || !subscriptions.isEmpty();
    }

    /** Whether the client is in a transaction, to judge by what it has sent this way so far. */
    boolean isTransactionOpen() {
        return transactionOpen;
    }

    /**
     * Takes note of a request on its way: what ends a watch or a transaction ends it for the client whether or not a
     * reply comes.
     */
    void sent(RespCommand command, boolean unanswered) {
        if (unanswered && command == Commands.MONITOR) {
            // Its lines will come; whether it was refused will not be told.
            monitoring = true;
        } else if (command == Commands.WATCH) {
            watchWanted = true;
        } else if (command == Commands.MULTI) {
            transactionOpen = true;
        } else if (command == Commands.EXEC || command == Commands.DISCARD || command == Commands.RESET) {
            watchWanted = false;
            transactionOpen = false;
        }
    }

    /** Takes note of a complete reply. */
    void replied(RespMessage request, RespMessage reply) {
        RespCommand command = request.command();
        if (command.routing() == RespCommand.Routing.SHARED) {
            return;
        }
        boolean failed = reply.isError();
        if (command == Commands.EXEC) {
            // Without MULTI it is refused and leaves a WATCH as it was.
            if (!failed || says(reply, "EXECABORT ")) {
                transactionEnded(queuedState && !failed);
            } else if (inTransaction) {
                // Servers before 7.0 refuse an EXEC that has arguments, and wait for a better one.
                session.inTransaction(true);
                transactionOpen = true;
            }
        } else if (command == Commands.DISCARD) {
            if (!failed) {
                transactionEnded(false);
            }
        } else if (command == Commands.RESET) {
            if (!failed) {
                reset();
            }
        } else if (inTransaction) {
            queuedState |= !failed && command.routing() != RespCommand.Routing.RESERVED;
        } else if (!failed) {
            succeeded(request, command);
        } else if (command == Commands.MULTI) {
            session.inTransaction(false);
            transactionOpen = false;
        } else {
            failed(request, command, reply);
        }
    }

    /** Some commands do half of what they are told before they find what is wrong with the rest. */
    private void failed(RespMessage request, RespCommand command, RespMessage reply) {
        if (command == Commands.HELLO && request.count() > 2) {
            // It may have given the connection another user, whom no other session may become, or another name.
            spent = true;
            stays |= hasAuth(request);
        } else if (!command.isKnown() || command.isContainer()) {
            spent |= !says(reply, "ERR unknown ");
        }
    }

    private static boolean hasAuth(RespMessage request) {
        for (int i = 2; i < request.count(); i++) {
            if (request.argumentIs(i, "AUTH")) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(RespMessage error, String beginning) {
        return error.value() instanceof RespValue.SimpleError simple
                && simple.text().startsWith(beginning);
    }

    private void transactionEnded(boolean leftState) {
        inTransaction = false;
        queuedState = false;
        watching = false;
        // Which of the queued commands took effect is not looked up: the session keeps its connection.
        stays |= leftState;
    }

    private void reset() {
        inTransaction = false;
        queuedState = false;
        watching = false;
        tracking = false;
        monitoring = false;
        stays = false;
        // The connection is as the server makes one, not as the sink does.
        spent = true;
        subscriptions.clear();
        session.version(RespVersion.RESP2);
        database = homeDatabase;
        session.database(homeDatabase);
        session.inTransaction(false);
    }

    private void succeeded(RespMessage request, RespCommand command) {
        if (command == Commands.MULTI) {
            inTransaction = true;
        } else if (command == Commands.WATCH) {
            watching = true;
        } else if (command == Commands.UNWATCH) {
            watching = false;
        } else if (command == Commands.SELECT) {
            selected(request);
        } else if (command == Commands.HELLO) {
            greeted(request);
        } else if (command == Commands.CLIENT_TRACKING) {
            tracking = request.argumentIs(2, "ON");
        } else if (command == Commands.MONITOR) {
            monitoring = true;
        } else if (isStateful(command)) {
            stays = true;
        }
    }

    private static boolean isStateful(RespCommand command) {
        return command.routing() == RespCommand.Routing.PINNED
                && !Commands.subscribes(command)
                && !Commands.unsubscribes(command)
                && command != Commands.CLIENT_REPLY
                && !Commands.leavesNothing(command);
    }

    private void selected(RespMessage request) {
        if (request.value() instanceof RespValue.Array array
                && array.elements().get(1) instanceof RespValue.Bulk number) {
            database = Integer.parseInt(number.text());
            session.selected(database);
        }
    }

    private void greeted(RespMessage request) {
        if (request.argumentIs(1, "3")) {
            session.version(RespVersion.RESP3);
        } else if (request.argumentIs(1, "2")) {
            session.version(RespVersion.RESP2);
        }
        for (int i = 2; i < request.count(); i++) {
            if (request.argumentIs(i, "AUTH")) {
                stays = true;
                i += 2;
            } else {
                i++;
            }
        }
    }
}
