package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A read on its way to the database, and those that wait for the same answer. Confined to its event loop. */
final class Flight {
    /** Where a read goes, and what it asks for there. */
    record Course(Chain next, Object identity) {}

    /** What a session has on its way to the database. */
    static final class Asker {
        int underWay;
        int stateChanges;
        /** Requests that were sent and are no reads, since the session began, and what may be such on another chain. */
        long changes;
        /** The database does more for it than answer, or less. */
        boolean apart;
    }

    private record Passenger(Message request, Promise reply, Asker asker, long changes) {
        /** Whether it may be sent now: not behind a write that the client sent after it, where it counts on the order. */
        boolean mayGoAlone() {
            return !request.session().isOrdered() || asker.changes == changes;
        }
    }

    private final Course course;
    private final Message leader;
    private final Writes.View view;
    private List<Passenger> passengers = List.of();

    /** @param view what the database was written before the leader is sent */
    Flight(Course course, Message leader, Writes.View view) {
        this.course = course;
        this.leader = leader;
        this.view = view;
    }

    Course course() {
        return course;
    }

    /** Whether its answer will be as good as that to a read which is sent now. */
    boolean isUpToDate() {
        return view.isCurrent();
    }

    Promise join(Message request, Asker asker) {
        if (passengers.isEmpty()) {
            passengers = new ArrayList<>();
        }
        Promise reply = new Promise();
        passengers.add(new Passenger(request, reply, asker, asker.changes));
        return reply;
    }

    /**
     * The leader has its answer, or failed.
     *
     * @return how many are sent by themselves, since there is no answer for them
     */
    int land(@Nullable Message response, @Nullable Throwable failure) {
        List<Passenger> all = passengers;
        passengers = List.of();
        int resent = 0;
        for (Passenger each : all) {
            // Its memory ends with its exchange.
            if (response != null && !leader.isOver()) {
                answer(each, response);
            } else if (failure != null && leader.session().isOpen()) {
                each.reply.fail(failure);
            } else if (each.mayGoAlone()) {
                resend(each);
                resent++;
            } else {
                String words = "the read that this one waited for has no answer; try again";
                each.reply.fail(new Failure(Failure.Kind.UNAVAILABLE, words));
            }
        }
        return resent;
    }

    private static void answer(Passenger passenger, Message response) {
        try {
            passenger.reply.complete(response.answering(passenger.request));
        } catch (RuntimeException thrown) {
            passenger.reply.fail(thrown);
        }
    }

    private void resend(Passenger passenger) {
        course.next().send(passenger.request).whenDone((response, failure) -> {
            if (response != null) {
                passenger.reply.complete(response);
            } else if (failure != null) {
                passenger.reply.fail(failure);
            }
        });
    }
}
