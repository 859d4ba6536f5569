package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.response.Supported;
import dev.kawarau.cql.CqlState;
import dev.kawarau.sink.cassandra.Handshake.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections of one event loop that speak one version, are in one keyspace and were begun with the same options.
 * Who wants another keyspace is in another lane, so that nobody needs a connection of its own for USE. Confined to its event
 * loop.
 */
final class Lane implements ConnectionOwner, Handshake.Observer {
    /**
     * What the connections of a lane have in common.
     *
     * @param keyspace null for none
     * @param noCompact tables WITH COMPACT STORAGE look like others
     * @param throwsOnOverload the server says that it is overloaded, instead of reading no more
     */
    record Key(int version, @Nullable String keyspace, boolean noCompact, boolean throwsOnOverload) {
        /** What OPTIONS is asked for in, before a client has said more. */
        static Key of(int version) {
            return new Key(version, null, false, false);
        }

        /** What a session wants that has said STARTUP, in the keyspace that it uses. */
        static Key of(CqlState state) {
            return new Key(state.version(), state.keyspace(), state.isNoCompact(), state.throwsOnOverload());
        }

        Key in(String used) {
            return new Key(version, used, noCompact, throwsOnOverload);
        }

        /** What STARTUP has to say. */
        Map<String, String> options() {
            Map<String, String> options = new LinkedHashMap<>();
            if (noCompact) {
                options.put("NO_COMPACT", "true");
            }
            if (throwsOnOverload) {
                options.put("THROW_ON_OVERLOAD", "1");
            }
            return options;
        }
    }

    private final LoopConnections home;
    private final Key key;
    private final @Nullable NodeConnection[] connections;
    private final List<Consumer<@Nullable Refusal>> waiting = new ArrayList<>();
    private @Nullable Refusal refusal;
    private int users;
    private long idleSince;
    private boolean closing;

    Lane(LoopConnections home, Key key, int connections) {
        this.home = home;
        this.key = key;
        this.connections = new @Nullable NodeConnection[connections];
        this.idleSince = home.nanoTime();
    }

    Key key() {
        return key;
    }

    /**
     * The connection with the least to do; one that still connects only if there is no other, since it may never get ready.
     *
     * @return null while the server cannot be reached and it is too early to try again
     */
    @Nullable
    NodeConnection next() {
        NodeConnection best = null;
        for (int i = 0; i < connections.length; i++) {
            NodeConnection connection = connections[i];
            if (connection == null || !connection.isOpen()) {
                connection = home.connectShared(this);
                if (connection == null) {
                    continue;
                }
                connections[i] = connection;
            }
            if (best == null || isBetter(connection, best)) {
                best = connection;
            }
        }
        return best;
    }

    private static boolean isBetter(NodeConnection one, NodeConnection other) {
        return one.isReady() == other.isReady() ? one.load() < other.load() : one.isReady();
    }

    /**
     * Tells when a connection is ready: null, or why none can be used.
     *
     * @param told called now or later on the loop
     */
    void whenReady(Consumer<@Nullable Refusal> told) {
        NodeConnection connection = next();
        if (connection == null) {
            told.accept(new Refusal(home.lastFailure(), null, false));
        } else if (connection.isReady()) {
            told.accept(null);
        } else {
            waiting.add(told);
        }
    }

    private void tell(@Nullable Refusal outcome) {
        List<Consumer<@Nullable Refusal>> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(each -> each.accept(outcome));
    }

    // --- its connections

    @Override
    public void connected(NodeConnection connection) {
        refusal = null;
        Handshake.begin(connection, home.settings(), key, this);
    }

    @Override
    public void supported(Supported supported) {
        home.supported(key.version(), supported);
    }

    @Override
    public void refused(Refusal because) {
        refusal = because;
    }

    @Override
    public void ready(NodeConnection connection) {
        home.reached();
        tell(null);
    }

    @Override
    public void closed(NodeConnection connection, boolean wasReady, String because) {
        Refusal said = refusal;
        refusal = null;
        if (!closing) {
            home.failed(connection, wasReady, because, said);
        }
        tell(said != null ? said : new Refusal(because, null, false));
        if (said != null && said.error() != null && isUnused()) {
            // As of a keyspace that there is not: whoever asks for many of those leaves nothing behind.
            close("is not needed any more");
            home.forget(this);
        }
    }

    // --- who uses it

    void join() {
        users++;
    }

    void leave() {
        users--;
        idleSince = home.nanoTime();
    }

    /** Closes it if nobody has used it for so long. */
    boolean rest(long now, long idleNanos) {
        if (now - idleSince < idleNanos || !isUnused()) {
            return false;
        }
        close("is not needed any more");
        return true;
    }

    /** Whether no session is here, or on its way here, and nothing is under way. */
    private boolean isUnused() {
        if (users > 0 || !waiting.isEmpty()) {
            return false;
        }
        for (NodeConnection connection : connections) {
            if (connection != null && connection.isOpen() && connection.load() > 0) {
                return false;
            }
        }
        return true;
    }

    private void close(String because) {
        closing = true;
        for (NodeConnection connection : connections) {
            if (connection != null) {
                connection.close(because);
            }
        }
    }
}
