package dev.kawarau.sink.redis;

import dev.kawarau.Failure;
import dev.kawarau.Session;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection while one session has it to itself: tells replies from what the server sends unasked, and follows the
 * session's state. Confined to the loop.
 */
final class OwnConnection {
    /** Redis's own words for a subscriber in RESP2. */
    private static final String ONLY_PUB_SUB = "Can't execute 'client|reply': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE"
            + " / PING / QUIT / RESET are allowed in this context";

    private static final byte[] PING = Handshake.command(List.of("PING"));
    private static final byte[] MARK = Handshake.command(List.of("SPUBLISH", "kawarau:wait", ""));

    private final Route route;
    private final Session session;
    private final RespSession resp;
    private final UpstreamConnection connection;
    private final boolean transparent;
    private final ConnectionState state;
    private int inFlight;
    private int blocked;
    private boolean blockedInSilence;
    private int subscribing;
    private boolean muteNext;
    private @Nullable RespMessage lastReplied;
    private @Nullable Confirmations confirmations;

    OwnConnection(Route route, UpstreamConnection connection, RedisSettings settings) {
        this.route = route;
        this.session = route.session();
        this.resp = RespSession.of(session);
        this.connection = connection;
        this.transparent = settings.transparent();
        this.state = new ConnectionState(resp, transparent ? 0 : settings.database(), route.database());
        connection.owner(this);
    }

    // --- requests

    void send(Trip trip) {
        RespMessage request = trip.request();
        RespCommand command = request.command();
        if (command == Commands.CLIENT_REPLY && request.count() == 3) {
            if (trip.isQueued || isSubscriber()) {
                trip.refuse(new Failure(
                        Failure.Kind.UNSUPPORTED,
                        trip.isQueued ? "CLIENT REPLY is not allowed in transactions" : ONLY_PUB_SUB));
                return;
            }
            mute(trip);
        } else if (command == Commands.RESET && request.count() == 1) {
            // Makes the server talk again, and is the first thing that it says.
            resp.muted(false);
            trip.unanswered = muteNext;
            muteNext = false;
        } else {
            trip.unanswered = resp.isMuted() || muteNext || isSecondMonitor(trip);
            muteNext = false;
        }
        if (trip.unanswered) {
            // What it leaves behind cannot be told.
            state.stays();
        }
        if (trip.spoiled) {
            trip.noteSpoiled();
        }
        if (!transparent && !trip.unanswered && (command == Commands.WAIT || command == Commands.WAITAOF)) {
            markWrites();
        }
        if (command.routing(request) == RespCommand.Routing.RESERVED) {
            trip.mayBlock = true;
            blocked++;
            blockedInSilence |= trip.unanswered;
        }
        if (command.routing() != RespCommand.Routing.SHARED) {
            state.sent(command, trip.unanswered);
            trip.keep();
        }
        if (Commands.subscribes(command) && !trip.unanswered) {
            subscribing++;
        }
        inFlight++;
        connection.send(trip);
        if (trip.unanswered) {
            done(trip);
        }
    }

    /** To which Redis gives no reply. What the server queues is known, since MONITOR waits for earlier answers. */
    private boolean isSecondMonitor(Trip trip) {
        return trip.request().command() == Commands.MONITOR && state.isMonitoring() && !state.isInTransaction();
    }

    /** The server would refuse to be silent, and say so. */
    private boolean isSubscriber() {
        return resp.version() == RespVersion.RESP2
                && (subscribing > 0 || !state.subscriptions().isEmpty());
    }

    private void mute(Trip trip) {
        RespMessage request = trip.request();
        if (request.argumentIs(2, "ON")) {
            resp.muted(false);
            muteNext = false;
        } else if (request.argumentIs(2, "OFF")) {
            resp.muted(true);
            trip.unanswered = true;
        } else if (request.argumentIs(2, "SKIP")) {
            muteNext = !resp.isMuted();
            trip.unanswered = true;
        } else {
            trip.unanswered = resp.isMuted() || muteNext;
            muteNext = false;
        }
    }

    /**
     * WAIT counts replicas that have what its own connection wrote, but the session wrote on a shared one. A connection
     * that replicates something now stands behind all that was written before: up to Redis 7.0 any command moves it
     * there, later ones need a write, and a message to a shard channel that nobody listens to is one without traces.
     */
    private void markWrites() {
        connection.sendQuietly(connection.serverVersion() >= 702 ? MARK : PING);
    }

    // --- what the server sends

    void frame(byte type, ByteBuf buffer, int offset, int length, @Nullable Trip head) {
        if (type == '>' || type == '*') {
            PubSubFrame kind = isPubSub(type, head) ? PubSubFrame.of(buffer, offset, length) : PubSubFrame.OTHER;
            if (kind == PubSubFrame.SUBSCRIBED || kind == PubSubFrame.UNSUBSCRIBED) {
                confirmed(buffer, offset, length, head);
                return;
            }
            if (type == '>' || kind == PubSubFrame.MESSAGE) {
                push(buffer, offset, length);
                return;
            }
        }
        if (head == null || (type == '+' && state.isMonitoring() && isMonitorLine(buffer, offset, length))) {
            push(buffer, offset, length);
        } else {
            reply(head, RespMessage.response(head.request(), buffer, offset, length));
        }
    }

    /** In RESP3 pub/sub frames are pushes; in RESP2 they are arrays, which other commands answer with too. */
    private boolean isPubSub(byte type, @Nullable Trip head) {
        if (type == '>') {
            return true;
        }
        return resp.version() == RespVersion.RESP2 && (!state.subscriptions().isEmpty() || asksForConfirmation(head));
    }

    private static boolean asksForConfirmation(@Nullable Trip head) {
        return head != null
                && (Commands.subscribes(head.request().command())
                        || Commands.unsubscribes(head.request().command()));
    }

    /** As in {@code +1339518083.107412 [0 127.0.0.1:60866] "keys" "*"}. */
    private static boolean isMonitorLine(ByteBuf buffer, int offset, int length) {
        int at = offset + 1;
        int end = offset + length;
        while (at < end && buffer.getByte(at) >= '0' && buffer.getByte(at) <= '9') {
            at++;
        }
        return at > offset + 1 && at < end && buffer.getByte(at) == '.';
    }

    private void push(ByteBuf buffer, int offset, int length) {
        session.push(RespMessage.push(session, buffer, offset, length), lastReplied);
    }

    /** One of the confirmations that a (UN)SUBSCRIBE brings, one for each channel, all of which make up its reply. */
    private void confirmed(ByteBuf buffer, int offset, int length, @Nullable Trip head) {
        RespValue frame = Handshake.read(buffer, offset, length);
        if (head == null || !asksForConfirmation(head)) {
            state.subscriptions().confirmed(frame);
            push(buffer, offset, length);
            leaveIfClean();
            return;
        }
        if (confirmations == null) {
            confirmations = new Confirmations(session, expected(head.request()));
        }
        state.subscriptions().confirmed(frame);
        if (confirmations.add(buffer, offset, length)) {
            RespMessage whole = confirmations.response(head.request());
            confirmations = null;
            reply(head, whole);
        }
    }

    private int expected(RespMessage request) {
        return request.count() > 1 ? request.count() - 1 : state.subscriptions().confirmationsOfAll(request.command());
    }

    private void reply(Trip trip, RespMessage response) {
        connection.settled();
        if (Commands.subscribes(trip.request().command())) {
            subscribing--;
        }
        state.replied(trip.request(), response);
        route.ownAnswers(trip.request(), response);
        lastReplied = trip.request();
        trip.answer(trip.answerFor(response));
        if (trip.request().isOver()) {
            // Nothing has to wait for it, and an idle connection must not keep it.
            lastReplied = null;
        }
        done(trip);
    }

    private void done(Trip trip) {
        inFlight--;
        if (trip.mayBlock) {
            blocked--;
        }
        leaveIfClean();
        route.done(trip);
    }

    private void leaveIfClean() {
        if (inFlight == 0 && !transparent && state.isClean()) {
            route.leave(this);
        }
    }

    // --- the connection's end

    /** The server or the network ended the connection; its requests have failed already. */
    void lost() {
        if (confirmations != null) {
            confirmations.release();
            confirmations = null;
        }
        route.ownLost(this);
    }

    /** The client will send no more: what it waits for without end must not be carried out for nobody. */
    void hungUp() {
        if (blocked > 0
                || blockedInSilence
                || state.isMonitoring()
                || !state.subscriptions().isEmpty()) {
            connection.dismiss("the client hung up");
        }
    }

    /** The client is gone. */
    void close() {
        connection.owner(null);
        if (confirmations != null) {
            confirmations.release();
        }
        if (!transparent && inFlight == 0 && state.isClean() && !state.isSpent() && connection.isOpen()) {
            route.giveBack(connection);
        } else {
            connection.dismiss("the client left");
        }
    }

    // --- facts

    ConnectionState state() {
        return state;
    }

    UpstreamConnection connection() {
        return connection;
    }

    /** Whether the server has yet to answer. */
    boolean isBusy() {
        return inFlight > 0;
    }

    boolean isBlocked() {
        return blocked > 0;
    }
}
