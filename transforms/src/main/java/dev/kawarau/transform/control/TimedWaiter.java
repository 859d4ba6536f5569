package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Session;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request that waits until some time after it came, and until it is first in its line. */
abstract class TimedWaiter extends Waiter {
    private final long due;
    private @Nullable ScheduledFuture<?> timer;

    TimedWaiter(Message request, Chain next, long nanos) {
        super(request, next);
        this.due = request.session().nanoTime() + nanos;
    }

    /** It waits no longer. */
    abstract void due();

    @Override
    void ask() {
        Session session = request().session();
        long wait = due - session.nanoTime();
        if (wait <= 0) {
            due();
        } else {
            timer = session.loop().schedule(this::due, wait, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    void left() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
