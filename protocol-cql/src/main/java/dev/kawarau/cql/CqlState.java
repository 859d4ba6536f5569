package dev.kawarau.cql;

import dev.kawarau.Session;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a CQL connection is at, as its listener knows from what the client was answered; sinks and transforms read it.
 * Confined to the session's event loop.
 */
public final class CqlState {
    private static final Session.Key<CqlState> KEY = Session.Key.named("CQL state");

    /** How far the handshake has come (native protocol v5, section 4). */
    enum Phase {
        /** The client has not said STARTUP, or was refused. */
        NEW,
        /** STARTUP has not been answered. */
        STARTING,
        /** The client has to say who it is. */
        AUTHENTICATING,
        /** Requests may come. */
        READY
    }

    private Phase phase = Phase.NEW;
    private int version;
    private CqlCompression compression = CqlCompression.NONE;
    private @Nullable String keyspace;
    private boolean noCompact;
    private boolean throwsOnOverload;
    private boolean saysWho;
    private @Nullable CqlMessage startup;

    private CqlState() {}

    /** The state of a session; that of a new one is before the handshake. */
    public static CqlState of(Session session) {
        CqlState state = session.get(KEY);
        if (state == null) {
            state = new CqlState();
            session.set(KEY, state);
        }
        return state;
    }

    /** Lets a session beside a client's know all that is known of the client's. */
    static void share(Session client, Session side) {
        side.set(KEY, of(client));
    }

    /** The protocol version that the connection speaks, 3 to 5; 0 until STARTUP has come. */
    public int version() {
        return version;
    }

    /** How the client and the listener compress what they send each other; the server's side is not concerned. */
    public CqlCompression compression() {
        return compression;
    }

    /** The keyspace of names without one, as the last USE set it, in the case that the database has it in. */
    public @Nullable String keyspace() {
        return keyspace;
    }

    /** Whether STARTUP asked for tables WITH COMPACT STORAGE to look like others: NO_COMPACT, which Cassandra 3 heeds. */
    public boolean isNoCompact() {
        return noCompact;
    }

    /** Whether the client wants to be refused by an overloaded server, as its STARTUP asked for: THROW_ON_OVERLOAD. */
    public boolean throwsOnOverload() {
        return throwsOnOverload;
    }

    /** Whether the database has asked the client who it is, and carries out what it asks as that user. */
    boolean saysWho() {
        return saysWho;
    }

    /** Whether the handshake is over. */
    public boolean isReady() {
        return phase == Phase.READY;
    }

    /** Whether STARTUP has been accepted, so that nothing of another version may come. */
    boolean hasAgreed() {
        return phase == Phase.AUTHENTICATING || phase == Phase.READY;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase reached) {
        this.phase = reached;
    }

    /** STARTUP has come, and asks for this. */
    void startup(CqlMessage request, Map<String, String> options, CqlCompression with) {
        this.startup = request;
        this.phase = Phase.STARTING;
        this.version = request.version();
        this.compression = with;
        this.noCompact = Boolean.parseBoolean(options.get("NO_COMPACT"));
        this.throwsOnOverload = "1".equals(options.get("THROW_ON_OVERLOAD"));
    }

    /** The handshake took place elsewhere, in this version. */
    void resume(int spoken) {
        this.phase = Phase.READY;
        this.version = spoken;
    }

    /** Whether a request is the STARTUP that is under way, and not one that came after it and was refused. */
    boolean isStartup(CqlMessage request) {
        return request == startup;
    }

    /** STARTUP was answered, and the client is at this. */
    void started(Phase reached) {
        startup = null;
        phase = reached;
        saysWho = reached == Phase.AUTHENTICATING || (saysWho && reached == Phase.READY);
        if (reached == Phase.NEW) {
            version = 0;
            compression = CqlCompression.NONE;
        }
    }

    void keyspace(String used) {
        this.keyspace = used;
    }
}
