package dev.kawarau.resp;

import dev.kawarau.Session;
import org.jspecify.annotations.Nullable;

/**
 * What a RESP connection is at, as its listener and its sink agree: the sink says what the server accepted, the listener
 * and transforms read it. Confined to the session's event loop.
 */
public final class RespSession {
    private static final Session.Key<RespSession> KEY = Session.Key.named("RESP session");

    private RespVersion version = RespVersion.RESP2;
    private int database;
    private boolean inTransaction;
    private boolean transactionSpoiled;
    private boolean muted;
    private @Nullable RespUser user;

    private RespSession() {}

    /** The state of a session; a new one is in RESP2, database 0. */
    public static RespSession of(Session session) {
        RespSession state = session.get(KEY);
        if (state == null) {
            state = new RespSession();
            session.set(KEY, state);
        }
        return state;
    }

    /** The protocol version that responses to the client are in. */
    public RespVersion version() {
        return version;
    }

    /** Says which version the server agreed to. For sinks. */
    public void version(RespVersion agreed) {
        this.version = agreed;
    }

    /** The database that the client selected. */
    public int database() {
        return database;
    }

    /** Says which database the server selected. For sinks. */
    public void database(int selected) {
        this.database = selected;
    }

    /** Whether requests are being queued between MULTI and EXEC, as of the last request that reached the sink. */
    public boolean inTransaction() {
        return inTransaction;
    }

    /** Says whether a transaction began or ended. For sinks. */
    public void inTransaction(boolean begun) {
        this.inTransaction = begun;
        this.transactionSpoiled = false;
    }

    /** Notes that a request of the transaction was refused on its way, so that EXEC must not carry out the rest. */
    public void spoilTransaction() {
        if (inTransaction) {
            transactionSpoiled = true;
        }
    }

    /** Whether EXEC must not be carried out, since a request of the transaction never reached the server. For sinks. */
    public boolean isTransactionSpoiled() {
        return transactionSpoiled;
    }

    /** Whether the client asked for no replies. */
    public boolean isMuted() {
        return muted;
    }

    /** Says whether the server sends no replies, as after CLIENT REPLY OFF. For sinks. */
    public void muted(boolean noReplies) {
        this.muted = noReplies;
    }

    @Nullable
    RespUser user() {
        return user;
    }

    void user(@Nullable RespUser authenticated) {
        this.user = authenticated;
    }
}
