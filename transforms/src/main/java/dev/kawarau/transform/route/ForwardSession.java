package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.SideSession;
import dev.kawarau.transform.route.ForwardCounts.Outcome;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of a {@link Forward}: what is forwarded for it goes by a session beside its own, and what it sends waits where that
 * has to be done first. Confined to the session's loop.
 */
final class ForwardSession {
    private final Forward forward;
    private final Session client;
    private final ForwardOrder order;
    private @Nullable SideSession side;
    /** What waits and keeps waiting what comes behind it: in a session with an order all, else only what is to be forwarded. */
    private final ArrayDeque<Held> line = new ArrayDeque<>(1);
    /** What waits for itself alone. */
    private final Set<Held> loose = new LinkedHashSet<>();
    /** Requests that change what the session is at and were not answered. */
    private int changing;
    /** The database was told something by the client that the other chain does not know. */
    private boolean told;

    private boolean afterNext;
    /** What was answered and not carried out. */
    private int early;

    private boolean awaitsRoom;
    private boolean resuming;
    private boolean gone;
    private @Nullable ScheduledFuture<?> drain;
    private boolean givesUp;

    ForwardSession(Forward forward, Session client) {
        this.forward = forward;
        this.client = client;
        this.order = new ForwardOrder(client.isOrdered());
    }

    // --- requests

    /** @param answer what the client is answered at once if it is forwarded; null if it is not to be */
    Reply send(Message request, Chain next, @Nullable Message answer) {
        Query.Trace trace = request.query().trace();
        boolean changes = trace == Query.Trace.CARRIED || trace == Query.Trace.TOLD || trace == Query.Trace.NEXT;
        boolean forwards = answer != null && !told && !afterNext;
        afterNext = trace == Query.Trace.NEXT;
        if (!forwards && line.isEmpty() && order.isEmpty()) {
            return pass(request, next, changes);
        }
        Held held = new Held(request, next, forwards ? answer : null, changes);
        boolean inLine = forwards || client.isOrdered();
        if ((!inLine || line.isEmpty()) && held.mayGo()) {
            return held.go();
        }
        held.await(inLine);
        return held;
    }

    private Reply pass(Message request, Chain next, boolean changes) {
        if (!changes) {
            return next.send(request);
        }
        changing++;
        return next.send(request).whenDone((response, failure) -> changed(request, response));
    }

    /** Whatever the answer is, another session beside the client's begins where the client is then. */
    private void changed(Message request, @Nullable Message response) {
        changing--;
        if (response != null && !response.isError() && request.query().trace() == Query.Trace.TOLD) {
            told = true;
        }
        closeSide();
        resume();
    }

    /** A request that waits, or is about to. */
    private final class Held extends ForwardOrder.Waiting {
        private final Message request;
        private final Chain next;
        private final @Nullable Message answer;
        private final boolean changes;
        private @Nullable ScheduledFuture<?> timer;
        private boolean inLine;
        private boolean asked;
        private boolean over;
        private boolean full;

        Held(Message request, Chain next, @Nullable Message answer, boolean changes) {
            this.request = request;
            this.next = next;
            this.answer = answer;
            this.changes = changes;
        }

        /** Whether it may go now. If so it has to, since room may have been taken for it. */
        boolean mayGo() {
            if (answer != null) {
                return changing == 0 && hasRoom();
            }
            if (!asked) {
                asked = true;
                if (changes) {
                    order.block(this, null);
                } else if (forward.readYourWrites) {
                    order.block(this, ForwardOrder.keys(request.query()));
                }
            }
            return !isBlocked();
        }

        private boolean hasRoom() {
            if (forward.buffer.take(request.size())) {
                return true;
            }
            full = forward.whenFull != Forward.WhenFull.BACK_PRESSURE;
            if (!full) {
                awaitRoom(request.size());
            }
            return full;
        }

        Reply go() {
            if (answer == null) {
                return pass(request, next, changes);
            }
            if (!full) {
                return begin(request, answer);
            }
            Failure failure = overloaded("the buffer for what is carried out later is full");
            if (forward.whenFull == Forward.WhenFull.REFUSE) {
                forward.counts.count(Outcome.REFUSED);
                return Reply.failed(failure);
            }
            forward.counts.lost(Outcome.DROPPED, request, null, failure);
            return Reply.of(answer);
        }

        void await(boolean stands) {
            inLine = stands;
            if (stands) {
                line.add(this);
            } else {
                loose.add(this);
            }
            timer = client.loop().schedule(this::expire, forward.waitNanos, TimeUnit.NANOSECONDS);
        }

        private void expire() {
            forward.counts.count(Outcome.REFUSED);
            refuse(overloaded(
                    answer == null || changing > 0
                            ? "what was sent before has not been carried out in time"
                            : "the buffer for what is carried out later stayed full"));
            resume();
        }

        void refuse(Failure failure) {
            leave();
            fail(failure);
        }

        private void leave() {
            over = true;
            if (inLine) {
                line.remove(this);
            } else {
                loose.remove(this);
            }
            if (timer != null) {
                timer.cancel(false);
            }
        }

        @Override
        void unblocked() {
            if (inLine) {
                resume();
            } else if (!over) {
                depart();
            }
        }

        /** Whether somebody before this transform, such as a timeout, has answered already, so that the request is gone. */
        boolean isMoot() {
            return request.isOver();
        }

        void depart() {
            boolean moot = isMoot();
            leave();
            if (moot) {
                fail(new Failure(Failure.Kind.TIMEOUT, "answered before its turn came"));
                return;
            }
            forward.counts.delayed();
            go().whenDone((response, failure) -> {
                if (response != null) {
                    complete(response);
                } else if (failure != null) {
                    fail(failure);
                }
            });
        }
    }

    private static Failure overloaded(String why) {
        return new Failure(Failure.Kind.OVERLOADED, why + "; try again later");
    }

    /** Lets go on what waits in line, as far as it may. */
    private void resume() {
        if (resuming || gone) {
            return;
        }
        resuming = true;
        for (Held first = line.peek(); first != null && (first.isMoot() || first.mayGo()); first = line.peek()) {
            first.depart();
        }
        resuming = false;
    }

    private void awaitRoom(int size) {
        if (!awaitsRoom) {
            awaitsRoom = true;
            forward.buffer.await(size, this::roomMayBeFree);
        }
    }

    /** Any thread. */
    private void roomMayBeFree() {
        try {
            client.loop().execute(() -> {
                awaitsRoom = false;
                resume();
                if (!awaitsRoom && forward.buffer.hasRoom(0)) {
                    forward.buffer.wake();
                }
            });
        } catch (RejectedExecutionException ended) {
            // The loop ended, and the session with it.
            forward.buffer.wake();
        }
    }

    // --- the other chain

    /** While the session is to leave, its clients wait until what they sent was carried out, so that it comes to an end. */
    private Reply begin(Message request, Message answer) {
        Forwarded forwarded = new Forwarded(forward, this, request, answer, drain == null);
        if (forwarded.isEarly()) {
            early++;
        }
        order.begin(forwarded);
        if (!forwarded.isBlocked()) {
            forwarded.start();
        }
        return forwarded.isEarly() ? Reply.of(answer) : forwarded;
    }

    SideSession side() {
        SideSession there = side;
        if (there == null || !there.isOpen()) {
            there = SideSession.beside(client);
            side = there;
        }
        return there;
    }

    private void closeSide() {
        if (side != null) {
            side.close();
            side = null;
        }
    }

    /** Whether what was answered is dropped if it has not been sent. */
    boolean givesUp() {
        return givesUp || forward.isOver();
    }

    void done(Forwarded forwarded) {
        if (forwarded.isEarly() && --early == 0) {
            drained();
        }
        order.end(forwarded);
        if (gone && order.isEmpty()) {
            closeSide();
        }
    }

    // --- the end

    /** Another chain is to take the session; false if what it was answered for is still to be carried out. */
    boolean leave() {
        if (early > 0) {
            drain();
            return false;
        }
        if (!line.isEmpty() || !loose.isEmpty()) {
            return false;
        }
        gone = true;
        closeSide();
        return true;
    }

    private void drain() {
        if (drain != null) {
            return;
        }
        try {
            drain = client.loop().schedule(() -> givesUp = true, forward.drainNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            givesUp = true;
        }
    }

    private void drained() {
        if (drain != null) {
            drain.cancel(false);
            drain = null;
        }
        givesUp = false;
    }

    void clientGone() {
        gone = true;
        Failure failure = new Failure(Failure.Kind.UNAVAILABLE, "the client is gone");
        List.copyOf(line).forEach(held -> held.refuse(failure));
        List.copyOf(loose).forEach(held -> held.refuse(failure));
        if (early > 0) {
            drain();
        } else if (order.isEmpty()) {
            closeSide();
        }
    }
}
