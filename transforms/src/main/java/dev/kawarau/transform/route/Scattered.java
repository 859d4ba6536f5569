package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.transform.route.Collate.Answer;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The reply to a request that went to several chains of a {@link Scatter}. Confined to the loop. */
final class Scattered extends Promise {
    /** What a request takes beside its bytes, about. */
    private static final int OVERHEAD = 256;

    private final Scatter scatter;
    private final Message request;
    private final int[] targets;
    private final Collate collate;
    /** Bytes that each chain of this loop owes answers for although nobody waits for them any more. */
    private final long[] owed;

    private final Answer[] answers;
    private final List<Answer> view;
    private final BitSet pending = new BitSet();
    private boolean sent;
    private @Nullable ScheduledFuture<?> deadline;

    Scattered(Scatter scatter, Message request, int[] targets, Collate collate, long[] owed) {
        this.scatter = scatter;
        this.request = request;
        this.targets = targets;
        this.collate = collate;
        this.owed = owed;
        this.answers = new Answer[targets.length];
        this.view = Collections.unmodifiableList(Arrays.asList(answers));
    }

    /** Sends the request to all, also where the first answers at once and is enough. */
    Reply start() {
        pending.set(0, targets.length);
        for (int i = 0; i < targets.length; i++) {
            answers[i] = new Answer(target(i).name, null, null);
        }
        for (int i = 0; i < targets.length; i++) {
            int at = i;
            send(at).whenDone((response, failure) -> answered(at, response, failure));
        }
        sent = true;
        decide();
        if (!isDone()) {
            deadline = request.session().loop().schedule(this::timeIsUp, scatter.timeoutNanos(), TimeUnit.NANOSECONDS);
        }
        return this;
    }

    private Reply send(int at) {
        if (owed[targets[at]] > scatter.maxLateBytes()) {
            target(at).skipped.increment();
            return Reply.failed(new Failure(
                    Failure.Kind.UNAVAILABLE, "the chain owes too many answers already; the request was not sent"));
        }
        target(at).requests.increment();
        try {
            return scatter.branches().send(request, targets[at]);
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    private ScatterTarget target(int at) {
        return scatter.target(targets[at]);
    }

    private void answered(int at, @Nullable Message response, @Nullable Throwable failure) {
        pending.clear(at);
        if (isDone()) {
            owed[targets[at]] -= bytes();
            target(at).late.increment();
            if (pending.isEmpty()) {
                request.release();
            }
            return;
        }
        note(at, response, failure);
        if (sent) {
            decide();
        }
    }

    private void note(int at, @Nullable Message response, @Nullable Throwable failure) {
        answers[at] = new Answer(answers[at].chain(), response, failure);
        if (answers[at].isError()) {
            target(at).failures.increment();
        }
    }

    private void decide() {
        try {
            if (pending.isEmpty() || collate.isEnough(request, view)) {
                end();
            }
        } catch (Throwable thrown) {
            abandon();
            fail(thrown);
        }
    }

    private void timeIsUp() {
        deadline = null;
        Failure failure = new Failure(
                Failure.Kind.TIMEOUT,
                "no answer within " + TimeUnit.NANOSECONDS.toMillis(scatter.timeoutNanos()) + " ms",
                true,
                null);
        pending.stream().forEach(at -> note(at, null, failure));
        end();
    }

    private void end() {
        abandon();
        try {
            complete(collate.collate(request, view));
        } catch (Throwable thrown) {
            fail(thrown);
        }
    }

    /** Waits for no more. The exchange may end now, while chains still hold the request. */
    private void abandon() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        if (!pending.isEmpty()) {
            request.retain();
            pending.stream().forEach(at -> owed[targets[at]] += bytes());
        }
    }

    private int bytes() {
        return request.size() + OVERHEAD;
    }
}
