package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.SideSession;
import dev.kawarau.transform.route.TeeCounts.Outcome;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of a {@link Tee}: its own session is at the side that answers, and a session beside it at the other. Confined to
 * the session's loop, but for {@link #wake} and {@link #answering}.
 */
final class TeeSession {
    /** How long requests pass unheld after a switch was tried in vain. */
    private static final long TRY_AGAIN_NANOS = 100_000_000;

    private record Held(TeeRequest request, Promise reply) {}

    private final Tee tee;
    private final Session client;
    private final Chain original;
    private volatile Tee.Side answering;
    private @Nullable SideSession side;
    private @Nullable SideSession mismatchSide;
    private final ArrayDeque<Held> held = new ArrayDeque<>(1);
    private final ArrayDeque<TeeExchange> queued = new ArrayDeque<>(1);
    private final Set<TeeExchange> underWay = new LinkedHashSet<>();
    private @Nullable TeeExchange barrier;
    private @Nullable ScheduledFuture<?> timer;
    private int answersDue;
    private boolean resuming;
    private boolean awaitsRoom;
    private boolean tried;
    private long triedAt;
    private boolean gone;

    TeeSession(Tee tee, Session client, Chain original, Tee.Side answering) {
        this.tee = tee;
        this.client = client;
        this.original = original;
        this.answering = answering;
        tee.counts().sessions(answering).increment();
    }

    /** The side that the client gets its answers from. */
    Tee.Side answering() {
        return answering;
    }

    Session client() {
        return client;
    }

    private Chain chain(Tee.Side which) {
        return which == Tee.Side.ORIGINAL ? original : tee.copy;
    }

    // --- requests

    Reply send(Message message) {
        TeeRequest request = TeeRequest.of(message, tee);
        if (held.isEmpty() && mayPass(request)) {
            return pass(request);
        }
        Promise reply = new Promise();
        // A transform before this one may answer, and so end the exchange, while it waits here.
        message.retain();
        held.add(new Held(request, reply));
        return reply;
    }

    /**
     * Whether a request may go now: not while the session waits for its other side to take over, or for room. Room is taken
     * here if it may wait for that.
     */
    private boolean mayPass(TeeRequest request) {
        if (tee.answering() != answering) {
            if (isIdle()) {
                change();
            } else if (!tried || client.nanoTime() - triedAt >= TRY_AGAIN_NANOS) {
                return false;
            }
        }
        if (tee.whenFull == Tee.WhenFull.WAIT && request.wanted() && !tee.buffer.take(request.size())) {
            awaitRoom(request.size());
            return false;
        }
        return true;
    }

    private void awaitRoom(int size) {
        if (!awaitsRoom) {
            awaitsRoom = true;
            tee.buffer.await(
                    size,
                    () -> onLoop(() -> {
                        awaitsRoom = false;
                        resume();
                        if (!awaitsRoom && tee.buffer.hasRoom(0)) {
                            tee.buffer.wake();
                        }
                    }));
        }
    }

    /** Lets go on what was held, as far as it may. */
    private void resume() {
        if (resuming) {
            return;
        }
        resuming = true;
        Held next;
        while ((next = held.peek()) != null && mayPass(next.request)) {
            held.remove();
            Held passing = next;
            pass(passing.request).whenDone((response, failure) -> {
                if (response != null) {
                    passing.reply.complete(response);
                } else if (failure != null) {
                    passing.reply.fail(failure);
                }
                passing.request.message().release();
            });
        }
        resuming = false;
        endIfGone();
    }

    private Reply pass(TeeRequest request) {
        TeeExchange exchange = request.wanted() ? admit(request) : null;
        if (exchange == null) {
            if (request.wanted()) {
                request.counts().count(Outcome.DROPPED);
            }
            if (request.misses()) {
                request.counts().count(Outcome.MISSED_WRITE);
            }
            if (request.wanted() && tee.onMismatch == Tee.OnMismatch.FAIL) {
                String words = "the other side of the tee cannot take it; the request was not sent";
                return Reply.failed(new Failure(Failure.Kind.OVERLOADED, words));
            }
        }
        answersDue++;
        Reply reply = chain(answering).send(request.message()).whenDone((response, failure) -> answered());
        if (exchange == null) {
            return reply;
        }
        enqueue(exchange);
        return exchange.follow(reply);
    }

    private void answered() {
        answersDue--;
        if (answersDue == 0) {
            settled();
        }
    }

    /** Something is no longer under way, which others may have waited for. */
    void settled() {
        if (!held.isEmpty()) {
            resume();
        } else {
            endIfGone();
        }
    }

    // --- the other side

    /** Readies the session beside the client's, and takes room for a copy; null if it cannot be copied. */
    private @Nullable TeeExchange admit(TeeRequest request) {
        boolean room = tee.whenFull == Tee.WhenFull.WAIT || tee.buffer.take(request.size());
        if (!room || !isReady()) {
            if (room) {
                tee.buffer.giveBack(request.size());
            } else if (request.isCountedOn()) {
                lose();
            }
            return null;
        }
        TeeExchange exchange = new TeeExchange(this, tee, request, answering, client.nanoTime() + tee.timeoutNanos);
        underWay.add(exchange);
        watch();
        return exchange;
    }

    /** Whether there is a session beside the client's that is where the client is. */
    private boolean isReady() {
        SideSession there = side;
        if (there == null) {
            side = SideSession.beside(client);
            return true;
        }
        if (there.isOpen()) {
            return true;
        }
        lose();
        if (there.isBusy() || !SideSession.mayBegin(client)) {
            return false;
        }
        side = SideSession.beside(client);
        return true;
    }

    private void enqueue(TeeExchange exchange) {
        if (barrier != null || !queued.isEmpty()) {
            queued.add(exchange);
        } else {
            start(exchange);
        }
    }

    /** What changes the state of the session is answered before anything else goes, for that counts on it. */
    private void start(TeeExchange exchange) {
        SideSession there = side;
        if (there == null || !there.isOpen()) {
            exchange.drop();
            return;
        }
        if (exchange.request().changesState()) {
            barrier = exchange;
        }
        there.send(exchange.request().message(), chain(exchange.answering().other()), exchange::copied);
    }

    /** Both sides answered a request, or the other one is given up. */
    void done(TeeExchange exchange, boolean astray) {
        underWay.remove(exchange);
        if (astray) {
            lose();
        }
        if (barrier == exchange) {
            barrier = null;
            while (barrier == null && !queued.isEmpty()) {
                start(queued.remove());
            }
        }
        settled();
    }

    /** The other side is not where the client is, so nothing may be carried out there any more. */
    private void lose() {
        if (side != null) {
            side.close();
        }
        barrier = null;
        List<TeeExchange> waiting = List.copyOf(queued);
        queued.clear();
        waiting.forEach(TeeExchange::drop);
    }

    private void watch() {
        if (timer == null && !underWay.isEmpty()) {
            long left = underWay.iterator().next().deadline() - client.nanoTime();
            timer = client.loop().schedule(this::expire, Math.max(1, left), TimeUnit.NANOSECONDS);
        }
    }

    private void expire() {
        timer = null;
        long now = client.nanoTime();
        for (TeeExchange exchange : List.copyOf(underWay)) {
            if (exchange.deadline() - now > 0) {
                break;
            }
            underWay.remove(exchange);
            exchange.expire();
        }
        watch();
    }

    /** Sends a request whose answers differ down the chain for those. */
    void mismatch(Message request) {
        if (tee.mismatches == null) {
            return;
        }
        int size = request.size();
        if (!tee.buffer.take(size)) {
            return;
        }
        if (mismatchSide == null || !mismatchSide.isOpen()) {
            mismatchSide = SideSession.beside(client);
        }
        mismatchSide.send(request, tee.mismatches, (response, failure) -> tee.buffer.giveBack(size));
    }

    // --- changing sides

    private boolean isIdle() {
        return answersDue == 0 && underWay.isEmpty() && queued.isEmpty() && (side == null || !side.isBusy());
    }

    /** Changes sides, if both let go of the session. */
    private void change() {
        Tee.Side next = answering.other();
        boolean left = chain(answering).leave(client);
        if (left && side != null && side.isOpen()) {
            left = chain(next).leave(side);
        }
        if (!left) {
            tried = true;
            triedAt = client.nanoTime();
            return;
        }
        tried = false;
        tee.counts().sessions(answering).decrement();
        tee.counts().sessions(next).increment();
        answering = next;
    }

    /** The Tee's answering side was changed. Any thread. */
    void wake() {
        onLoop(() -> {
            if (tee.answering() != answering && !gone && isIdle()) {
                change();
            }
        });
    }

    /** Another chain is to take the session; false if something of it is still under way here. */
    boolean leave() {
        if (!held.isEmpty() || !underWay.isEmpty() || !queued.isEmpty() || (side != null && side.isBusy())) {
            return false;
        }
        if (side != null && side.isOpen() && !chain(answering.other()).leave(side)) {
            return false;
        }
        if (answering == Tee.Side.COPY && (answersDue > 0 || !tee.copy.leave(client))) {
            return false;
        }
        gone = true;
        end();
        return true;
    }

    private void onLoop(Runnable action) {
        try {
            client.loop().execute(action);
        } catch (RejectedExecutionException ended) {
            // The loop ended, and the session with it.
        }
    }

    // --- the end

    void clientGone() {
        gone = true;
        endIfGone();
    }

    private void endIfGone() {
        if (gone && !resuming && held.isEmpty() && queued.isEmpty() && answersDue == 0) {
            end();
        }
    }

    private void end() {
        if (side != null) {
            side.close();
        }
        if (mismatchSide != null) {
            mismatchSide.close();
        }
        if (tee.ended(this)) {
            tee.counts().sessions(answering).decrement();
        }
        if (timer != null && underWay.isEmpty()) {
            timer.cancel(false);
            timer = null;
        }
    }
}
