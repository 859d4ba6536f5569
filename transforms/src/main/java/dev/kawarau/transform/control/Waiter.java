package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import org.jspecify.annotations.Nullable;

/** A request that waits for its turn in the {@link WaitingLine} of its session. Confined to the session's loop. */
abstract class Waiter {
    private final Message request;
    private final Chain next;
    private final Promise promise = new Promise();
    private @Nullable WaitingLine line;
    private boolean asking;
    private boolean over;

    Waiter(Message request, Chain next) {
        this.request = request;
        this.next = next;
    }

    /** It is the first of its line: asks for its turn, upon which it is told, now or later, to {@link #go} or {@link #refuse}. */
    abstract void ask();

    /** Its line let go of it, whatever became of it: gives up its place. */
    abstract void left();

    /** Its turn came and it did not go: gives up what it was to go with. */
    void moot() {}

    final Reply reply() {
        return promise;
    }

    final Message request() {
        return request;
    }

    final void standIn(WaitingLine joined) {
        line = joined;
    }

    /** Asks once. */
    final boolean startAsking() {
        boolean first = !asking;
        asking = true;
        return first;
    }

    /** Its turn has come. */
    final void go() {
        if (leave() && !isMoot()) {
            send(next, request).whenDone((response, failure) -> {
                if (response != null) {
                    promise.complete(response);
                } else if (failure != null) {
                    promise.fail(failure);
                }
            });
        }
        advance();
    }

    /** Whether somebody before this transform, such as a timeout, has answered already, so that the request is gone. */
    private boolean isMoot() {
        if (!request.isOver()) {
            return false;
        }
        moot();
        promise.fail(new Failure(Failure.Kind.TIMEOUT, "answered before its turn came"));
        return true;
    }

    /** Sends it on; for those that have something to do when its reply comes. */
    Reply send(Chain next, Message request) {
        return next.send(request);
    }

    /** Its turn does not come. */
    final void refuse(Failure failure) {
        if (leave()) {
            promise.fail(failure);
            advance();
        }
    }

    private boolean leave() {
        if (over) {
            return false;
        }
        over = true;
        if (line != null) {
            line.remove(this);
        }
        left();
        return true;
    }

    private void advance() {
        if (line != null) {
            line.advance();
        }
    }
}
