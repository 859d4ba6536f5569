package dev.kawarau.transform.consistency;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The reply of whichever replica answers first without an error; an error if none does. Confined to the loop. */
final class FirstAnswer extends Promise {
    private final long bytes;
    private final List<Replica> owing = new ArrayList<>(4);
    private final ScheduledFuture<?> deadline;
    private int left;

    FirstAnswer(List<Replica> replicas, Message request, long timeoutNanos) {
        this.bytes = request.size() + Operation.OVERHEAD;
        this.left = replicas.size();
        this.deadline = request.session().loop().schedule(this::timeIsOut, timeoutNanos, TimeUnit.NANOSECONDS);
        for (Replica replica : replicas) {
            if (replica.isBehind()) {
                heard(null, new Failure(Failure.Kind.UNAVAILABLE, "the replicas owe too many answers already"));
            } else {
                owing.add(replica);
                replica.send(request).whenDone((response, failure) -> {
                    if (isDone()) {
                        replica.late(-bytes);
                    }
                    owing.remove(replica);
                    heard(response, failure);
                });
            }
        }
    }

    private void heard(@Nullable Message response, @Nullable Throwable failure) {
        left--;
        if (isDone()) {
            return;
        }
        if (response != null && (left == 0 || !response.isError())) {
            end();
            complete(response);
        } else if (left == 0 && failure != null) {
            end();
            fail(failure);
        }
    }

    private void timeIsOut() {
        end();
        fail(new Failure(Failure.Kind.TIMEOUT, "no replica answered in time"));
    }

    private void end() {
        deadline.cancel(false);
        owing.forEach(replica -> replica.late(bytes));
    }
}
