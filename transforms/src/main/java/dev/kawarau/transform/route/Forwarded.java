package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.SideSession;
import dev.kawarau.transform.route.ForwardCounts.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A request that a {@link Forward} sends to the other chain. As a reply it is that of a client which waits until it was carried
 * out after all, since its session is to leave. Confined to the session's loop.
 */
final class Forwarded extends ForwardOrder.UnderWay {
    private final Forward forward;
    private final ForwardSession session;
    private final Message request;
    private final Message answer;
    private final boolean early;
    private final int size;
    private boolean dropped;

    /**
     * Its room in the buffer has been taken.
     *
     * @param early whether the client has its answer already
     */
    Forwarded(Forward forward, ForwardSession session, Message request, Message answer, boolean early) {
        super(ForwardOrder.keys(request.query()));
        this.forward = forward;
        this.session = session;
        this.request = request.retain();
        this.answer = answer;
        this.early = early;
        this.size = request.size();
    }

    boolean isEarly() {
        return early;
    }

    @Override
    void unblocked() {
        start();
    }

    void start() {
        SideSession side = session.side();
        side.send(request, this::carryOut, this::done);
    }

    private Reply carryOut(Message copy) {
        return forward.carryOut(copy, this::carryOutInTime);
    }

    private Reply carryOutInTime(Message copy) {
        if (early && session.givesUp()) {
            dropped = true;
            return Reply.failed(new Failure(Failure.Kind.UNAVAILABLE, "dropped, since time was up for it"));
        }
        return forward.carryOutInTime(copy);
    }

    private void done(@Nullable Message response, @Nullable Throwable failure) {
        boolean fine = response != null && !response.isError();
        if (fine) {
            forward.counts.count(Outcome.DONE);
        } else {
            Outcome outcome = dropped ? Outcome.DROPPED : failure != null ? Outcome.FAILED : Outcome.ERROR;
            forward.counts.lost(outcome, request, response, failure);
        }
        if (!early) {
            answerLate(fine, failure);
        }
        request.release();
        forward.giveBack(size);
        session.done(this);
    }

    private void answerLate(boolean fine, @Nullable Throwable failure) {
        if (fine) {
            complete(answer);
        } else {
            String words = "the database answered with an error";
            fail(failure != null ? failure : new Failure(Failure.Kind.UNAVAILABLE, words, true, null));
        }
    }
}
