package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;

/**
 * The order of one session at a {@link ParallelMap}. What goes alone waits until nothing is under way at other copies than its
 * own, and until it is answered nothing goes to those. A copy itself keeps the order of what it is sent. What all copies are
 * told, as SELECT, nothing overtakes: they may have one sink, which would be told in the middle of a transaction. Confined to
 * the loop.
 */
final class CopyOrder {
    private final ParallelMap owner;
    private final LongAdder waited;
    private final int[] underWayAt;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(4);
    private int underWay;
    private int alone;
    private int aloneAt;
    private int told;
    private boolean draining;

    private record Waiting(Message request, int copy, boolean isAlone, boolean isState, Promise reply) {}

    CopyOrder(ParallelMap owner, int copies, LongAdder waited) {
        this.owner = owner;
        this.waited = waited;
        this.underWayAt = new int[copies];
    }

    Reply send(Message request, int copy, boolean isAlone, boolean isState) {
        if (waiting.isEmpty() && mayGo(copy, isAlone)) {
            return go(request, copy, isAlone, isState);
        }
        waited.increment();
        Promise reply = new Promise();
        waiting.add(new Waiting(request, copy, isAlone, isState, reply));
        return reply;
    }

    private boolean mayGo(int copy, boolean isAlone) {
        return told == 0 && (isAlone ? underWay == underWayAt[copy] : alone == 0 || aloneAt == copy);
    }

    private Reply go(Message request, int copy, boolean isAlone, boolean isState) {
        underWay++;
        underWayAt[copy]++;
        if (isAlone) {
            alone++;
            aloneAt = copy;
        }
        boolean isTold = isState && isToldToAll(request);
        if (isTold) {
            told++;
        }
        Reply reply;
        try {
            reply = owner.go(request, copy, isState);
        } catch (RuntimeException thrown) {
            reply = Reply.failed(thrown);
        }
        return reply.whenDone((response, failure) -> {
            underWay--;
            underWayAt[copy]--;
            if (isAlone) {
                alone--;
            }
            if (isTold) {
                told--;
            }
            drain();
        });
    }

    private static boolean isToldToAll(Message request) {
        return switch (request.query().trace()) {
            case CARRIED, TOLD -> true;
            case NONE, NEXT, STATEMENT -> false;
        };
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        Waiting next;
        while ((next = waiting.peek()) != null && mayGo(next.copy(), next.isAlone())) {
            waiting.remove();
            start(next);
        }
        draining = false;
    }

    private void start(Waiting next) {
        if (next.request().isOver()) {
            next.reply().fail(new Failure(Failure.Kind.TIMEOUT, "answered before its turn came"));
            return;
        }
        go(next.request(), next.copy(), next.isAlone(), next.isState()).whenDone((response, failure) -> {
            if (response != null) {
                next.reply().complete(response);
            } else if (failure != null) {
                next.reply().fail(failure);
            }
        });
    }

    /** Whether nothing waits or is under way. */
    boolean isIdle() {
        return underWay == 0;
    }
}
