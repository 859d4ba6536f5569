package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.transform.route.Coalesce.Cause;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a {@link Coalesce} holds of the sessions of one event loop. Confined to the loop. */
final class CoalescedBatch {
    private final Coalesce coalesce;
    private final EventLoop loop;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long bytes;
    private boolean sending;
    /** How many of those that are held have to go before the batch is done. */
    private int due;

    private boolean timed;

    CoalescedBatch(Coalesce coalesce, EventLoop loop) {
        this.coalesce = coalesce;
        this.loop = loop;
    }

    /** A session of the loop. */
    Member join() {
        return new Member();
    }

    /** One session, as far as it has requests here. */
    final class Member {
        private int held;
        private boolean last;

        /** Whether its client will send nothing more, so that what comes is not to wait. */
        boolean isLast() {
            return last;
        }

        /** Keeps a request until its batch is sent on. */
        Reply hold(Message request, Chain next) {
            return add(this, request, next);
        }

        /** Lets a request go on at once, behind what the session has here. */
        Reply pass(Message request, Chain next) {
            sendOn();
            if (held == 0) {
                return next.send(request);
            }
            // It comes from within: the batch is just being sent on.
            Reply reply = add(this, request, next);
            due = CoalescedBatch.this.held.size();
            return reply;
        }

        void hungUp() {
            last = true;
            sendOn();
        }

        boolean leave() {
            sendOn();
            return held == 0;
        }

        private void sendOn() {
            if (held > 0) {
                send(Cause.ORDER);
            }
        }
    }

    /** A request that is held, and its reply. */
    private static final class Held extends Promise {
        private final Member member;
        private final Message request;
        private final Chain next;
        private final int size;
        private final long since;

        Held(Member member, Message request, Chain next) {
            this.member = member;
            this.request = request;
            this.next = next;
            this.size = request.size();
            this.since = request.session().nanoTime();
        }

        void go() {
            if (request.isOver()) {
                // Somebody before this transform, such as a timeout, has answered already.
                fail(new Failure(Failure.Kind.TIMEOUT, "answered before its turn came"));
            } else {
                next.send(request).whenDone(this::settle);
            }
        }

        private void settle(@Nullable Message response, @Nullable Throwable failure) {
            if (response != null) {
                complete(response);
            } else if (failure != null) {
                fail(failure);
            }
        }
    }

    private Reply add(Member member, Message request, Chain next) {
        Held one = new Held(member, request, next);
        held.add(one);
        member.held++;
        bytes += one.size;
        if (held.size() >= coalesce.mostRequests) {
            send(Cause.COUNT);
        } else if (bytes >= coalesce.mostBytes) {
            send(Cause.BYTES);
        } else if (!timed) {
            await(coalesce.nanos);
        }
        return one;
    }

    private void send(Cause cause) {
        due = held.size();
        if (sending) {
            // A reply that was there at once has brought in more; it is the turn of those after the others.
            return;
        }
        sending = true;
        int count = 0;
        while (due > 0) {
            due--;
            count++;
            Held one = held.remove();
            bytes -= one.size;
            one.member.held--;
            one.go();
        }
        sending = false;
        coalesce.sent(cause, count);
    }

    private void await(long nanos) {
        timed = true;
        try {
            loop.schedule(this::timeIsUp, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            timed = false;
            send(Cause.TIME);
        }
    }

    /** The batch that the timer was set for may be gone, and another one there. */
    private void timeIsUp() {
        timed = false;
        Held first = held.peek();
        if (first == null) {
            return;
        }
        long left = first.since + coalesce.nanos - first.request.session().nanoTime();
        if (left > 0) {
            await(left);
        } else {
            send(Cause.TIME);
        }
    }
}
