package dev.kawarau.resp;

import dev.kawarau.Session;
import org.jspecify.annotations.Nullable;

/**
 * What a RESP connection is at, as its listener and its sink agree: the sink says what the server accepted, the listener
 * and transforms read it. Confined to the session's event loop.
 */
public final class RespSession {
    private static final Session.Key<RespSession> KEY = Session.Key.named("RESP session");
    private static final RespCommand MULTI = RespCommands.find("MULTI");
    private static final RespCommand EXEC = RespCommands.find("EXEC");
    private static final RespCommand DISCARD = RespCommands.find("DISCARD");
    private static final RespCommand RESET = RespCommands.find("RESET");
    private static final RespCommand WATCH = RespCommands.find("WATCH");
    private static final RespCommand UNWATCH = RespCommands.find("UNWATCH");

    private RespVersion version = RespVersion.RESP2;
    private int database;
    private boolean selected;
    private boolean inTransaction;
    private boolean transactionSpoiled;
    private boolean watchRefused;
    private boolean queueing;
    private boolean watching;
    private boolean refusedOne;
    private int transactions;
    private int underWay;
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

    /** Says which database the session is in without having asked for one. For sinks. */
    public void database(int given) {
        this.database = given;
        this.selected = false;
    }

    /** Says which database the server selected, as the client asked. For sinks. */
    public void selected(int database) {
        this.database = database;
        this.selected = true;
    }

    /** Whether the client has asked for the database that it is in. */
    public boolean hasSelected() {
        return selected;
    }

    /** Whether requests are being queued between MULTI and EXEC, as of the last request that reached the sink. */
    public boolean inTransaction() {
        return inTransaction;
    }

    /** Says whether a transaction began or ended. For sinks. */
    public void inTransaction(boolean begun) {
        this.inTransaction = begun;
        this.transactionSpoiled = begun && watchRefused;
        if (!begun) {
            this.watchRefused = false;
        }
    }

    /** Notes whether a WATCH never reached the sink, so that no transaction may count on it; an UNWATCH makes up for it. */
    void watchRefused(boolean refused) {
        this.watchRefused = refused;
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

    /**
     * Takes note of a request in the order in which the listener gets them. A transform may take its time, so a
     * transaction begins and ends earlier here than at the sink.
     */
    void arrived(RespCommand command, int argumentCount) {
        if (command == MULTI) {
            if (!queueing && command.accepts(argumentCount)) {
                queueing = true;
                refusedOne = false;
                transactions++;
            }
        } else if (endsTransaction(command) && command.accepts(argumentCount)) {
            queueing = false;
            refusedOne = false;
            watching = false;
        } else if (command == WATCH && command.accepts(argumentCount)) {
            watching = true;
        } else if (command == UNWATCH && !queueing) {
            watching = false;
        }
    }

    /** Whether what arrives counts on a WATCH. */
    boolean isWatching() {
        return watching;
    }

    static boolean endsTransaction(RespCommand command) {
        return command == EXEC || command == DISCARD || command == RESET;
    }

    /** Whether what arrives belongs to a transaction. */
    boolean isQueueing() {
        return queueing;
    }

    /** Notes that a request began or ended that may change what the session is at. */
    void underWay(int change) {
        underWay += change;
    }

    /** Whether nothing is under way that may change what the session is at. */
    boolean isSettled() {
        return underWay == 0 && !queueing;
    }

    /** The number of the transaction that arrives, or arrived last. */
    int transaction() {
        return transactions;
    }

    /** Notes that a request of a transaction never reached the server, so that nothing of it may be carried out. */
    void refusedIn(int transaction) {
        refusedOne |= queueing && transaction == transactions;
        spoilTransaction();
    }

    boolean refusedOne() {
        return refusedOne;
    }

    /** Whether the client asked for no replies. */
    public boolean isMuted() {
        return muted;
    }

    /** Says whether the server sends no replies, as after CLIENT REPLY OFF. For sinks. */
    public void muted(boolean noReplies) {
        this.muted = noReplies;
    }

    /**
     * The name of the {@link RespUser} that the client is; null if the listener has no users, or the client has not said who
     * it is.
     */
    public @Nullable String userName() {
        return user == null ? null : user.name();
    }

    @Nullable
    RespUser user() {
        return user;
    }

    void user(@Nullable RespUser authenticated) {
        this.user = authenticated;
    }
}
