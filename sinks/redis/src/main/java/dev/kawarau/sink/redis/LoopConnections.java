package dev.kawarau.sink.redis;

import dev.kawarau.EventLoops;
import dev.kawarau.Failure;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.wire.Backoff;
import dev.kawarau.wire.LoopClock;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
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

    /** The connections that speak one protocol version; a server may refuse one version and not the other. */
    private static final class Lane {
        private final @Nullable UpstreamConnection[] shared;
        private final ArrayDeque<Idle> idle = new ArrayDeque<>();
        private final Backoff backoff;
        private String failure = "";

        private Lane(int connections, Backoff backoff) {
            this.shared = new @Nullable UpstreamConnection[connections];
            this.backoff = backoff;
        }
    }

    private record Idle(UpstreamConnection connection, long since) {}

    private final EventLoop loop;
    private final RedisSettings settings;
    private final SinkStats stats;
    private final LoopClock clock;
    private final Lane resp2;
    private final Lane resp3;
    private final Set<UpstreamConnection> all = new LinkedHashSet<>();

    private int lastSlot;
    private boolean sweeping;
    private boolean closed;
    private String lastFailure = "";
    private Failure.Kind lastKind = Failure.Kind.UNAVAILABLE;

    LoopConnections(EventLoop loop, RedisSettings settings, SinkStats stats, SplittableRandom random) {
        this.loop = loop;
        this.settings = settings;
        this.stats = stats;
        this.clock = LoopClock.of(loop);
        this.resp2 = new Lane(settings.connectionsPerLoop(), new Backoff(loop, random));
        this.resp3 = new Lane(settings.connectionsPerLoop(), new Backoff(loop, random));
    }

    EventLoop loop() {
        return loop;
    }

    /** Which shared connection a new session uses: each in turn, which the numbers of a loop's sessions need not be. */
    int newSlot() {
        lastSlot = (lastSlot + 1) % settings.connectionsPerLoop();
        return lastSlot;
    }

    /**
     * The shared connection for a session, perhaps still connecting.
     *
     * @return null while the server cannot be reached and it is too early to try again; {@link #lastFailure} says why
     */
    @Nullable
    UpstreamConnection shared(RespVersion version, int slot) {
        Lane lane = lane(version);
        UpstreamConnection connection = lane.shared[slot];
        if (connection != null && connection.isOpen() && !connection.isStalled()) {
            return connection;
        }
        if (mustPause(lane)) {
            return null;
        }
        UpstreamConnection fresh = new UpstreamConnection(this, settings, version, true);
        if (connection != null) {
            connection.retire();
        }
        lane.shared[slot] = fresh;
        stats.beginShared();
        connect(fresh);
        return fresh;
    }

    /** A connection for one session alone, an idle one if there is one; null as for {@link #shared}. */
    @Nullable
    UpstreamConnection own(RespVersion version) {
        Lane lane = lane(version);
        if (lane.idle.isEmpty() && mustPause(lane)) {
            return null;
        }
        if (!stats.beginOwn(settings.maxOwnConnections())) {
            lastFailure = "has as many connections of clients' own as allowed, " + settings.maxOwnConnections();
            lastKind = Failure.Kind.OVERLOADED;
            return null;
        }
        Idle ready = lane.idle.pollLast();
        if (ready != null) {
            stats.endIdle();
            return ready.connection;
        }
        UpstreamConnection fresh = new UpstreamConnection(this, settings, version, false);
        connect(fresh);
        return fresh;
    }

    /** Takes back a connection that is in the state of a new one. */
    void giveBack(UpstreamConnection connection) {
        connection.owner(null);
        lane(connection.version()).idle.addLast(new Idle(connection, clock.nanoTime()));
        stats.endOwn();
        stats.beginIdle();
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, settings.idleNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        sweeping = false;
        long oldest = clock.nanoTime() - settings.idleNanos();
        boolean more = false;
        for (Lane lane : List.of(resp2, resp3)) {
            Idle first;
            while ((first = lane.idle.peekFirst()) != null && first.since <= oldest) {
                first.connection.dismiss("was idle");
            }
            more |= !lane.idle.isEmpty();
        }
        if (more) {
            sweeping = true;
            loop.schedule(this::sweep, settings.idleNanos() / 2, TimeUnit.NANOSECONDS);
        }
    }

    private boolean mustPause(Lane lane) {
        lastKind = Failure.Kind.UNAVAILABLE;
        if (closed) {
            lastFailure = "is not in use any more: the sink was closed";
            return true;
        }
        lastFailure = lane.failure;
        return lane.backoff.isPausing();
    }

    String lastFailure() {
        return lastFailure;
    }

    Failure.Kind lastKind() {
        return lastKind;
    }

    private void connect(UpstreamConnection connection) {
        all.add(connection);
        connection.startTimeout();
        if (settings.localName() != null) {
            connectTo(new LocalAddress(settings.localName()), connection);
        } else if (settings.socketPath() != null) {
            connectTo(EventLoops.pathAddress(loop, Path.of(settings.socketPath())), connection);
        } else {
            settings.dialer()
                    .resolve(loop, connection::connect, reason -> connection.close("is unreachable: " + reason));
        }
    }

    /**
     * Makes the socket after the loop's turn. A socket that was closed in this turn may still have an event in it, and
     * epoll knows sockets by their number alone: a new one with the same number would get the event.
     */
    private void connectTo(SocketAddress address, UpstreamConnection connection) {
        loop.execute(() -> connection.connect(address));
    }

    void ready(UpstreamConnection connection) {
        if (lane(connection.version()).backoff.reached()) {
            log.info("redis at {} can be reached again", settings.server());
        }
    }

    void closed(UpstreamConnection connection, boolean wasReady, String because) {
        all.remove(connection);
        Lane lane = lane(connection.version());
        boolean wasIdle = lane.idle.removeIf(entry -> entry.connection == connection);
        if (wasIdle) {
            stats.endIdle();
        } else if (connection.isShared()) {
            stats.endShared();
        } else {
            stats.endOwn();
        }
        if (wasIdle || closed || connection.isDismissed()) {
            return;
        }
        stats.failed(wasReady);
        if (!wasReady) {
            lane.failure = because;
            lastFailure = because;
            if (lane.backoff.failed(connection.begunNanos())) {
                log.warn("redis at {} {}", settings.server(), because);
            }
        } else if (connection.isShared()) {
            log.warn("redis at {} {}", settings.server(), because);
        }
    }

    private Lane lane(RespVersion version) {
        return version == RespVersion.RESP3 ? resp3 : resp2;
    }

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
        for (UpstreamConnection connection : new ArrayList<>(all)) {
            Objects.requireNonNull(connection).close("is not in use any more: the sink was closed");
        }
    }
}
