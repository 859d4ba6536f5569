package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.response.Supported;
import dev.kawarau.sink.cassandra.Handshake.Refusal;
import dev.kawarau.wire.Backoff;
import dev.kawarau.wire.LoopClock;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one event loop to the server. Confined to the loop, except {@link #close}. */
final class LoopConnections {
    private static final Logger log = LoggerFactory.getLogger(LoopConnections.class);

    /** Keyspaces that clients use at once, times versions and options; each has a connection. */
    private static final int MOST_LANES = 512;

    private final EventLoop loop;
    private final CassandraSettings settings;
    private final SinkStats stats;
    private final LoopClock clock;
    private final Backoff backoff;
    private final Map<Lane.Key, Lane> lanes = new HashMap<>();
    private final Map<Integer, Supported> supported = new HashMap<>();
    private final Set<NodeConnection> all = new LinkedHashSet<>();
    private boolean wantsUsers;
    private boolean sweeping;
    private boolean closed;
    private String lastFailure = "";

    LoopConnections(EventLoop loop, CassandraSettings settings, SinkStats stats, SplittableRandom random) {
        this.loop = loop;
        this.settings = settings;
        this.stats = stats;
        this.backoff = new Backoff(loop, random);
        this.clock = LoopClock.of(loop);
    }

    EventLoop loop() {
        return loop;
    }

    CassandraSettings settings() {
        return settings;
    }

    SinkStats stats() {
        return stats;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    // --- shared connections

    /** The lane of a key; null if there are as many as may be. */
    @Nullable
    Lane lane(Lane.Key key) {
        Lane lane = lanes.get(key);
        if (lane == null) {
            if (lanes.size() >= MOST_LANES) {
                closeIdle(0);
            }
            if (lanes.size() >= MOST_LANES) {
                lastFailure = "has clients in as many keyspaces as allowed, " + MOST_LANES;
                return null;
            }
            lane = new Lane(this, key, settings.connectionsPerLoop());
            lanes.put(key, lane);
            sweepLater();
        }
        return lane;
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, settings.idleNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        sweeping = false;
        closeIdle(settings.idleNanos());
        if (!lanes.isEmpty() && !closed) {
            sweepLater();
        }
    }

    private void closeIdle(long idleNanos) {
        long now = clock.nanoTime();
        for (Lane lane : List.copyOf(lanes.values())) {
            if (lane.rest(now, idleNanos)) {
                forget(lane);
            }
        }
    }

    /** Nobody is in that lane, nor will be: who wants one of that key gets another. */
    void forget(Lane lane) {
        lanes.remove(lane.key(), lane);
    }

    /** A connection for a lane, which connects from now on; null if it is too early to try again. */
    @Nullable
    NodeConnection connectShared(Lane lane) {
        return connect(lane.key().version(), lane);
    }

    /** A connection for one session alone; null if it is too early to try again, or there are as many as may be. */
    @Nullable
    NodeConnection connectOwn(int version, ConnectionOwner owner) {
        if (stats.own() >= settings.maxOwnConnections()) {
            lastFailure = "has as many connections of clients' own as allowed, " + settings.maxOwnConnections();
            return null;
        }
        return connect(version, owner);
    }

    private @Nullable NodeConnection connect(int version, ConnectionOwner owner) {
        if (closed) {
            lastFailure = "is not in use any more: the sink was closed";
            return null;
        }
        if (backoff.isPausing()) {
            return null;
        }
        NodeConnection connection = new NodeConnection(this, settings, version, owner);
        all.add(connection);
        stats.opened(owner instanceof Lane);
        connection.connect(settings.dialer());
        return connection;
    }

    /** Why there is no connection. */
    String lastFailure() {
        return lastFailure;
    }

    // --- what becomes of connections

    /** A connection has got ready. */
    void reached() {
        if (backoff.reached()) {
            log.info("cassandra at {} can be reached again", settings.server());
        }
    }

    void closed(NodeConnection connection, boolean shared) {
        if (all.remove(connection)) {
            stats.closed(shared);
        }
    }

    /**
     * A connection is gone.
     *
     * @param refusal what the server said; it is there then, and need not be left alone for a while
     */
    void failed(NodeConnection connection, boolean wasReady, String because, @Nullable Refusal refusal) {
        lastFailure = because;
        if (refusal != null && (refusal.error() != null || refusal.wantsUser())) {
            wantsUsers |= refusal.wantsUser();
            return;
        }
        if (closed) {
            return;
        }
        stats.failed(wasReady);
        if (wasReady || backoff.failed(connection.begunNanos())) {
            log.warn("cassandra at {} {}", settings.server(), because);
        }
    }

    // --- what is known of the server

    void supported(int version, Supported said) {
        supported.put(version, said);
    }

    /** What the server said that it supports, in a version; null if it was not asked as yet. */
    @Nullable
    Supported supported(int version) {
        return supported.get(version);
    }

    /** Whether the server lets nobody in without credentials, as far as is known. */
    boolean wantsUsers() {
        return wantsUsers;
    }

    // --- the end

    void close() {
        try {
            loop.execute(this::closeAll);
        } catch (RejectedExecutionException ended) {
            // With the loop its connections have ended too.
            log.debug("the loop of connections to {} has ended before them", settings.server(), ended);
        }
    }

    private void closeAll() {
        closed = true;
        for (NodeConnection connection : new ArrayList<>(all)) {
            connection.close("is not in use any more: the sink was closed");
        }
    }
}
