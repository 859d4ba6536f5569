package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session at {@link Branches}: where it has been, and what waits until it is known what the session is at. While its home
 * has not answered a request that changes that, what is for another chain waits, and whatever comes behind it. Confined to the
 * session's loop.
 */
final class BranchSession {
    private final Branches branches;
    private final Session session;
    private final BitSet visited;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(2);
    /** Changes that the home has not answered. */
    private int changing;

    private int changingAt;
    private boolean draining;

    private record Waiting(Message request, int branch, boolean isState, Promise reply) {}

    BranchSession(Branches branches, Session session) {
        this.branches = branches;
        this.session = session;
        this.visited = new BitSet(branches.count());
    }

    Reply send(Message request, int branch) {
        return mustWait(branch) ? await(request, branch, false) : go(request, branch);
    }

    Reply sendState(Message request, int home) {
        return mustWait(home) ? await(request, home, true) : goAsState(request, home);
    }

    private boolean mustWait(int branch) {
        return !waiting.isEmpty() || isChangingElsewhere(branch);
    }

    private boolean isChangingElsewhere(int branch) {
        return changing > 0 && branch != changingAt;
    }

    private Reply await(Message request, int branch, boolean isState) {
        Promise reply = new Promise();
        waiting.add(new Waiting(request, branch, isState, reply));
        return reply;
    }

    private Reply go(Message request, int branch) {
        visited.set(branch);
        return branches.chain(branch).send(request);
    }

    private Reply goAsState(Message request, int home) {
        Query query = request.query();
        Query.Trace trace = query.trace();
        if (branches.count() == 1 || trace == Query.Trace.NONE || trace == Query.Trace.STATEMENT) {
            return go(request, home);
        }
        if (trace == Query.Trace.NEXT) {
            return refused(
                    query, "is about what comes next on one connection, and the session goes to several servers");
        }
        if (query.isInTransaction()) {
            return refused(query, "cannot be part of a transaction here, since the session goes to several servers");
        }
        Promise reply = new Promise();
        changing++;
        changingAt = home;
        go(request, home).whenDone((response, failure) -> {
            changing--;
            tellOthers(request, home, trace, response, failure, reply);
            drain();
        });
        return reply;
    }

    private Reply refused(Query query, String why) {
        return Reply.failed(
                new Failure(Failure.Kind.UNSUPPORTED, branches.owner() + ": " + query.operation() + ' ' + why));
    }

    /** The home has answered: if it did as it was told, so must the others. */
    private void tellOthers(
            Message request,
            int home,
            Query.Trace trace,
            @Nullable Message response,
            @Nullable Throwable failure,
            Promise reply) {
        if (failure != null) {
            reply.fail(failure);
            return;
        }
        if (response == null || response.isError()) {
            settle(reply, response);
            return;
        }
        BitSet others = new BitSet();
        others.or(visited);
        if (trace == Query.Trace.TOLD) {
            others.set(0, branches.count());
        }
        others.clear(home);
        if (others.isEmpty()) {
            settle(reply, response);
        } else if (request.isOver()) {
            // Answered by a timeout, say: it is too late to tell anybody.
            session.close();
            settle(reply, response);
        } else {
            Others told = new Others(request, trace, response, reply, others.cardinality());
            for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
                int other = i;
                go(request, other).whenDone((answer, refusal) -> told.answered(other, answer, refusal));
            }
        }
    }

    private static void settle(Promise reply, @Nullable Message response) {
        if (response != null) {
            reply.complete(response);
        }
    }

    /** What the others say to something that the home has done. */
    private final class Others {
        private final Message request;
        private final Query.Trace trace;
        private final Message response;
        private final Promise reply;
        private final List<Integer> failed = new ArrayList<>(1);
        private @Nullable Throwable cause;
        private int left;

        Others(Message request, Query.Trace trace, Message response, Promise reply, int left) {
            this.request = request;
            this.trace = trace;
            this.response = response;
            this.reply = reply;
            this.left = left;
        }

        void answered(int other, @Nullable Message answer, @Nullable Throwable refusal) {
            if (answer == null || answer.isError()) {
                failed.add(other);
                cause = cause == null ? refusal : cause;
            }
            if (--left > 0) {
                return;
            }
            for (int lost : failed) {
                // One that lets go of the session finds what it missed when the session comes again.
                if (trace != Query.Trace.CARRIED || !leave(lost)) {
                    session.close();
                    reply.fail(disagreement());
                    return;
                }
            }
            reply.complete(response);
        }

        private Failure disagreement() {
            return new Failure(
                    Failure.Kind.UNAVAILABLE,
                    branches.owner() + ": " + request.query().operation()
                            + " was not carried out by all chains that the session is at; it is closed, so that it is not in"
                            + " two places",
                    true,
                    cause);
        }
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!waiting.isEmpty() && !isChangingElsewhere(waiting.element().branch())) {
                start(waiting.remove());
            }
        } finally {
            draining = false;
        }
    }

    private void start(Waiting next) {
        if (next.request().isOver()) {
            next.reply().fail(new Failure(Failure.Kind.TIMEOUT, "answered before its turn came"));
            return;
        }
        Reply reply = next.isState() ? goAsState(next.request(), next.branch()) : go(next.request(), next.branch());
        reply.whenDone((response, failure) -> {
            if (failure != null) {
                next.reply().fail(failure);
            } else {
                settle(next.reply(), response);
            }
        });
    }

    /** Whether nothing waits, and nothing is under way that changes what the session is at. */
    boolean isSettled() {
        return changing == 0 && waiting.isEmpty();
    }

    /** Whether the session may leave one chain, which it then has never been at. */
    boolean leave(int branch) {
        if (visited.get(branch)) {
            if (!branches.chain(branch).leave(session)) {
                return false;
            }
            visited.clear(branch);
        }
        return true;
    }
}
