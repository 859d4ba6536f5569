package dev.kawarau.sink.redis;

import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one session's requests to the server: over a shared connection, or over one of its own while its state
 * demands it. A move waits until every earlier request was answered, so that the server sees them in order. Confined to
 * the loop.
 */
final class Route {
    /** A request of more bytes than this goes over a connection of the session's own, so that others need not wait for it. */
    private static final int LARGE = 1 << 20;

    private static final byte[] HELLO_3 = Handshake.command(List.of("HELLO", "3"));
    /** What a session takes along to another sink; the database only if it is not the sink's own. */
    private record Luggage(@Nullable Integer database) {}

    private static final Session.Key<Luggage> LUGGAGE = Session.Key.named("luggage");
    /** The same at all sinks that a session goes to. */
    private static final Session.Key<ClientNaming> NAMING = Session.Key.named("name of a client");

    private final Session session;
    private final RespSession resp;
    private final LoopConnections home;
    private final int slot;
    private final RedisSettings settings;
    private final ClientNaming naming;
    private final TripQueue waiting = new TripQueue();
    private @Nullable UpstreamConnection shared;
    private final ReplyWindow window = new ReplyWindow();
    private @Nullable OwnConnection own;
    private @Nullable Trip barrier;
    private boolean starting;
    /** What the client selected here; other sinks that the session has been at are told by themselves. */
    private int database;

    private final LostState lost;
    private boolean hungUp;
    /** Why nothing is sent any more; null while requests are. */
    private @Nullable String refusal;

    Route(Session session, LoopConnections home, RedisSettings settings) {
        this.session = session;
        this.resp = RespSession.of(session);
        this.home = home;
        this.slot = home.newSlot();
        this.settings = settings;
        this.lost = new LostState(resp, settings.server());
        Luggage luggage = session.get(LUGGAGE);
        session.set(LUGGAGE, null);
        this.naming = naming(session);
        if (luggage == null && resp.hasSelected()) {
            // At another sink, to which the session also goes.
            this.database = resp.database();
        } else if (luggage == null || luggage.database == null) {
            this.database = homeDatabase();
            resp.database(database);
        } else {
            this.database = luggage.database;
            resp.selected(database);
        }
    }

    private static ClientNaming naming(Session session) {
        ClientNaming naming = session.get(NAMING);
        if (naming == null) {
            naming = new ClientNaming();
            session.set(NAMING, naming);
        }
        return naming;
    }

    int database() {
        return database;
    }

    private int homeDatabase() {
        return settings.transparent() ? 0 : settings.database();
    }

    Reply send(RespMessage request) {
        Trip trip = new Trip(this, request);
        request.markSent();
        if (Commands.isStream(request)) {
            trip.refuseStream(resp);
            return trip;
        }
        trip.follow(resp);
        if (!waiting.isEmpty() || !start(trip)) {
            trip.keep();
            waiting.add(trip);
        }
        return trip;
    }

    /** Sends the request now, or says that it has to wait for earlier ones. */
    private boolean start(Trip trip) {
        if (barrier != null) {
            return false;
        }
        if (refusal != null) {
            trip.refuse(new Failure(Failure.Kind.UNAVAILABLE, refusal));
            return true;
        }
        RespCommand command = trip.request().command();
        if (hungUp && command.routing(trip.request()) == RespCommand.Routing.RESERVED) {
            if (own != null && own.isBusy()) {
                // Whether the server queues it or blocks shows when it has answered what came before.
                return false;
            }
            if (own == null || !own.state().isInTransaction()) {
                // It might wait without end, and the session with it.
                trip.refuse(new Failure(Failure.Kind.UNAVAILABLE, "the client hung up"));
                return true;
            }
        }
        if (lost.isAny() && lost.answers(trip, own)) {
            return true;
        }
        if (own != null) {
            if (command == Commands.MONITOR && own.isBusy()) {
                // Whether the server queues it, or gives no reply to it, shows when it has answered what came before.
                return false;
            }
            sendOwn(own, trip);
            return true;
        }
        if (settings.transparent() || database != homeDatabase()) {
            return startOwn(trip);
        }
        return switch (command.routing(trip.request())) {
            case SHARED, REFUSED -> trip.request().size() > LARGE ? startOwn(trip) : startShared(trip, resp.version());
            case LOCAL -> startLocal(trip);
            default -> startOwn(trip);
        };
    }

    // --- shared

    private boolean startShared(Trip trip, RespVersion version) {
        UpstreamConnection connection = shared;
        if (connection == null || !connection.isOpen() || connection.version() != version || connection.isStalled()) {
            connection = home.shared(version, slot);
            if (connection == null) {
                if (trip == barrier) {
                    barrier = null;
                }
                trip.lost(settings.server(), home.lastFailure(), home.lastKind());
                return true;
            }
            if (connection != shared && !window.isEmpty()) {
                return false;
            }
            shared = connection;
        }
        if (window.isFull()) {
            return false;
        }
        window.sent();
        trip.onShared = true;
        connection.send(trip);
        return true;
    }

    /** Before the client has the reply, since its exchange ends then, and the request's memory with it. */
    void sharedAnswers(Trip trip, RespMessage reply) {
        window.answered(reply);
        if (trip == barrier && !reply.isError()) {
            resp.version(trip.request().argumentIs(1, "3") ? RespVersion.RESP3 : RespVersion.RESP2);
        }
    }

    void sharedDone(Trip trip) {
        window.done();
        done(trip);
    }

    /** A request has its answer, or is known to get none: whatever waited for that goes on. */
    void done(Trip trip) {
        if (trip == barrier) {
            barrier = null;
        }
        if (!waiting.isEmpty()) {
            startWaiting();
        }
    }

    private void startWaiting() {
        if (starting) {
            return;
        }
        starting = true;
        Trip next;
        while ((next = waiting.poll()) != null) {
            if (!start(next)) {
                waiting.addFirst(next);
                break;
            }
        }
        starting = false;
    }

    // --- what needs no connection of its own although it is about the connection

    private boolean startLocal(Trip trip) {
        RespMessage request = trip.request();
        if (request.command() == Commands.HELLO) {
            return startHello(trip);
        }
        RespMessage answer = naming.answer(request, resp, shared == null ? 0 : shared.serverVersion());
        if (answer != null) {
            trip.answer(answer);
            return true;
        }
        return startShared(trip, resp.version());
    }

    /** HELLO 2 and HELLO 3 change which shared connection serves the session; what follows waits for the answer. */
    private boolean startHello(Trip trip) {
        RespMessage request = trip.request();
        if (request.count() > 2) {
            return startOwn(trip);
        }
        boolean changes = request.argumentIs(1, "2") || request.argumentIs(1, "3");
        RespVersion version = request.argumentIs(1, "3")
                ? RespVersion.RESP3
                : request.argumentIs(1, "2") ? RespVersion.RESP2 : resp.version();
        if (changes) {
            trip.keep();
            barrier = trip;
            if (!startShared(trip, version)) {
                barrier = null;
                return false;
            }
            return true;
        }
        return startShared(trip, version);
    }

    // --- own

    private boolean startOwn(Trip trip) {
        if (!window.isEmpty()) {
            return false;
        }
        UpstreamConnection connection = home.own(resp.version());
        if (connection == null) {
            trip.lost(settings.server(), home.lastFailure(), home.lastKind());
            return true;
        }
        OwnConnection mine = new OwnConnection(this, connection, settings);
        own = mine;
        introduce(connection);
        sendOwn(mine, trip);
        return true;
    }

    /**
     * After RESET a connection is as the server makes one, not as the sink does: what follows waits for another. And a
     * second MONITOR gets no reply, so what follows the first waits until it is known whether that one was carried out;
     * as with a RESET that is to make up for what was lost.
     */
    private void sendOwn(OwnConnection mine, Trip trip) {
        RespCommand command = trip.request().command();
        boolean resets = command == Commands.RESET && (!settings.transparent() || lost.isAny());
        if (resets || command == Commands.MONITOR) {
            barrier = trip;
        }
        mine.send(trip);
    }

    /** Brings a connection to where the session is: it may have had one before. */
    private void introduce(UpstreamConnection connection) {
        if (settings.transparent() && resp.version() == RespVersion.RESP3) {
            connection.sendFirst(HELLO_3);
        }
        int version = connection.serverVersion() != 0
                ? connection.serverVersion()
                : shared == null ? 0 : shared.serverVersion();
        naming.introduction(version).forEach(connection::sendQuietly);
        if (database != homeDatabase()) {
            connection.sendFirst(Handshake.command(List.of("SELECT", Integer.toString(database))));
        }
    }

    /** The session's own connection has nothing of it left. */
    void leave(OwnConnection left) {
        if (own != left) {
            return;
        }
        own = null;
        database = left.state().database();
        left.connection().owner(null);
        if (left.state().isSpent()) {
            left.connection().dismiss("is not as it was before its client had it");
        } else {
            giveBack(left.connection());
        }
        startWaiting();
    }

    void giveBack(UpstreamConnection connection) {
        if (connection.isOpen()) {
            connection.version(resp.version());
            if (naming.isNamed()) {
                String name = settings.clientName() == null ? "" : settings.clientName();
                connection.sendQuietly(Handshake.command(List.of("CLIENT", "SETNAME", name)));
            }
            home.giveBack(connection);
        }
    }

    /** The server answered on the session's own connection. */
    void ownAnswers(RespMessage request, RespMessage reply) {
        naming.replied(request, reply);
        if (request.command() == Commands.RESET && !reply.isError()) {
            lost.reset();
        }
    }

    /** The session's own connection is gone; requests on it have failed. What it held decides what the client gets. */
    void ownLost(OwnConnection gone) {
        if (own != gone) {
            return;
        }
        own = null;
        barrier = null;
        ConnectionState state = gone.state();
        database = state.database();
        if (state.isIrreplaceable()) {
            // What the client sent already counts on what is lost.
            refusal = "redis at " + settings.server()
                    + " is not as the session left it: its connection was lost; the command was not sent";
            session.close();
        }
        lost.connection(state);
        startWaiting();
    }

    /** MULTI found no connection. */
    void lostMulti(Trip multi, String reason, Failure.Kind kind) {
        lost.multi(multi, reason, kind);
    }

    /**
     * A request is about to be answered with an error since its connection is gone, or never was. What was sent behind it
     * counts on it, and may find another connection.
     */
    void lost(Trip trip) {
        RespCommand command = trip.request().command();
        int current = own == null ? database : own.state().database();
        if (trip.isQueued && command != Commands.RESET) {
            if (command == Commands.EXEC) {
                lost.execFailed();
                if (own != null && own.state().hasQueuedState()) {
                    giveUp();
                }
            }
        } else if (command == Commands.WATCH) {
            lost.watchFailed();
        } else if (Commands.isCountedOn(trip.request())
                && !(command == Commands.SELECT && trip.request().argumentIs(1, Integer.toString(current)))) {
            giveUp();
        }
    }

    /**
     * Requests behind a SELECT that was lost would be carried out in another database than the client believes, those
     * behind an AUTH as another user, and so on. The client finds its connection closed, as it would without a proxy.
     */
    private void giveUp() {
        refusal = "redis at " + settings.server()
                + " lost a command before this one, which it counts on; the command was not sent";
        session.close();
    }

    // --- the session's end

    /**
     * Another sink is to take the session: packs for it, and gives up the session's own connection.
     *
     * @return false if the session has something here that cannot be taken along
     */
    boolean leave() {
        if (lost.isAny() || refusal != null || resp.inTransaction() || barrier != null || !waiting.isEmpty()) {
            return false;
        }
        if (own != null && (own.isBusy() || !own.state().isMovable())) {
            return false;
        }
        OwnConnection left = own;
        own = null;
        database = left == null ? database : left.state().database();
        session.set(LUGGAGE, new Luggage(database == homeDatabase() ? null : database));
        if (left != null) {
            left.close();
        }
        return true;
    }

    void hungUp() {
        hungUp = true;
        if (own != null) {
            own.hungUp();
        }
    }

    void close() {
        refusal = "the client left";
        barrier = null;
        if (own != null) {
            OwnConnection left = own;
            own = null;
            left.close();
        }
        startWaiting();
    }

    void refuseAll() {
        refusal = "the sink was closed";
    }

    Session session() {
        return session;
    }
}
