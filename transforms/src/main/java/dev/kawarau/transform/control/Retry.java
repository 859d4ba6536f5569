package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request again that failed, if that is safe.
 *
 * <pre>{@code
 * Retry.attempts(3)
 * Retry.to(5).backOff(Duration.ofMillis(20), Duration.ofSeconds(1)).deadline(Duration.ofSeconds(5)).build()
 * Retry.to(3).onResponse(response -> response.bytes().toString(UTF_8).startsWith("-LOADING")).build()
 * }</pre>
 *
 * <p><b>Which requests.</b> One that {@linkplain Query#isIdempotent() may be carried out twice}, or one that has certainly not
 * been carried out ({@link Failure#maybeApplied()} is false). What is answered with an error by the database is repeated only
 * if {@link Builder#onResponse} says so and the request may be carried out twice. Requests of {@link Query.Kind#SESSION} and
 * {@link Query.Kind#PUBSUB}, whose state may have gone with a connection, are repeated only if they may be carried out
 * twice, as {@code PREPARE} may. For Redis that leaves reads, and writes that were never sent; {@code SET} is not among
 * those that may be repeated, since the second one would undo what another client wrote in between. {@link Builder#idempotent}
 * is for those who know that nobody does. For CQL see {@link Query#isIdempotent()} of the request: no conditions, counters,
 * functions or appended lists.
 *
 * <p><b>Order.</b> Where a session counts on the order of its requests (Redis), a retry does not change it. A request is
 * repeated only if its session sent nothing after it, or if it is a read and all that was sent after it are reads; and
 * while it is being repeated, what the session sends next waits until it is answered. So of a pipeline that fails halfway
 * through, a read before a write is not repeated, for it would see that write, nor is any write but the last request. A read
 * that is repeated may see what others wrote after a read behind it was answered. A request in a Redis transaction stays in
 * that transaction. Where there is no order (CQL) requests are repeated independently of each other.
 *
 * <p><b>How often, and when.</b> Up to so many attempts, with pauses that double and of which the upper half is random, until
 * a deadline after the first attempt by which the last one must begin; it takes as long as it takes, so a {@link Timeout}
 * behind this transform limits each attempt, and one in front of it all of them. All requests that come by share a budget:
 * each pays in a share of a retry (a fifth), and it holds a hundred, so retries never add more than a fifth to the load of a
 * database that fails for long. Without budget, time or attempts, the last failure or error goes to the client.
 *
 * <p><b>Which failures.</b> By default those of {@link Failure.Kind#UNAVAILABLE} and {@link Failure.Kind#OVERLOADED}. When a
 * session closes, what it has is not repeated any more.
 *
 * <p><b>Cost.</b> One object and one callback for each request that is not answered at once; in a session with an order, a
 * look-up too. <b>Protocols.</b> All. Thread-safe; one object may be part of several chains and has one budget for all.
 */
public final class Retry implements Transform {
    private final int attempts;
    private final long firstPause;
    private final long longestPause;
    private final long deadline;
    private final Predicate<? super Failure> failures;
    private final Predicate<? super Message> errors;
    private final Predicate<? super Message> idempotent;
    private final RetryBudget budget;
    private final LoopLocal<SplittableRandom> random;

    private final SharedMeters meters = new SharedMeters();
    private final LongAdder repeated = meters.counter("kawarau.retry.attempts", "attempts beyond the first");
    private final LongAdder recovered =
            meters.counter("kawarau.retry.recovered", "requests that a retry brought through");
    private final LongAdder gaveUp =
            meters.counter("kawarau.retry.exhausted", "requests that failed after all attempts or all time");
    private final LongAdder overBudget =
            meters.counter("kawarau.retry.overbudget", "retries that there was no budget for");
    private final LongAdder outOfOrder =
            meters.counter("kawarau.retry.outoforder", "retries that would have changed the order of a session");

    private Retry(Builder builder) {
        this.attempts = builder.attempts;
        this.firstPause = builder.firstPause;
        this.longestPause = builder.longestPause;
        this.deadline = builder.deadline;
        this.failures = builder.failures;
        this.errors = builder.errors;
        this.idempotent = builder.idempotent;
        this.budget = new RetryBudget(builder.share, builder.most);
        SplittableRandom seed = builder.random;
        this.random = new LoopLocal<>(loop -> {
            synchronized (seed) {
                return seed.split();
            }
        });
    }

    /**
     * Up to so many attempts, the first one included; with pauses of 10 ms to 1 s, within 2 s.
     *
     * @throws IllegalArgumentException if they are less than two
     */
    public static Retry attempts(int attempts) {
        return to(attempts).build();
    }

    /** Up to so many attempts, the first one included, with more to be said. */
    public static Builder to(int attempts) {
        return new Builder(attempts);
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        budget.deposit();
        Session session = request.session();
        if (!session.isOrdered()) {
            return first(request, next, null);
        }
        RetryOrder order = RetryOrder.of(session, this);
        if (!order.isHolding()) {
            return first(request, next, order);
        }
        RetryOrder.Held waiting = new RetryOrder.Held(request) {
            @Override
            void go() {
                first(request, next, order).whenDone((response, failure) -> finish(this, response, failure));
            }
        };
        order.hold(waiting);
        return waiting;
    }

    /** Not while a request is tried again; and what comes next on another chain counts as sent behind all that is under way. */
    @Override
    public boolean leave(Session session) {
        return !session.isOrdered() || RetryOrder.of(session, this).leave();
    }

    private Reply first(Message request, Chain next, @Nullable RetryOrder order) {
        long place = order == null ? 0 : order.sent(request.query());
        Reply reply = next.send(request);
        Message response = reply.message();
        if (response != null && !response.isError()) {
            return reply;
        }
        Attempts trying = new Attempts(request, next, order, place);
        reply.whenDone(trying::ended);
        return trying;
    }

    private static void finish(Promise promise, @Nullable Message response, @Nullable Throwable failure) {
        if (response != null) {
            promise.complete(response);
        } else if (failure != null) {
            promise.fail(failure);
        }
    }

    /** A request on its way. */
    private final class Attempts extends Promise {
        private final Message request;
        private final Chain next;
        private final @Nullable RetryOrder order;
        private final long place;
        private final long start;
        private int made = 1;

        Attempts(Message request, Chain next, @Nullable RetryOrder order, long place) {
            this.request = request;
            this.next = next;
            this.order = order;
            this.place = place;
            this.start = request.session().nanoTime();
        }

        void ended(@Nullable Message response, @Nullable Throwable failure) {
            long pause = isWorthRepeating(response, failure) ? pause() : -1;
            if (pause < 0) {
                end(response, failure);
                return;
            }
            if (made == 1 && order != null) {
                order.begin();
            }
            request.session().loop().schedule(() -> again(response, failure), pause, TimeUnit.NANOSECONDS);
        }

        private void again(@Nullable Message response, @Nullable Throwable failure) {
            made++;
            if (request.isOver() || !request.session().isOpen()) {
                end(response, failure);
                return;
            }
            repeated.increment();
            next.send(request).whenDone(this::ended);
        }

        private void end(@Nullable Message response, @Nullable Throwable failure) {
            if (made > 1 && response != null && !response.isError()) {
                recovered.increment();
            }
            finish(this, response, failure);
            if (made > 1 && order != null) {
                order.end();
            }
        }

        private boolean isWorthRepeating(@Nullable Message response, @Nullable Throwable failure) {
            if (response != null) {
                return response.isError() && errors.test(response) && idempotent.test(request);
            }
            if (!(failure instanceof Failure known) || !failures.test(known)) {
                return false;
            }
            Query.Kind kind = request.query().kind();
            boolean stateless = kind != Query.Kind.SESSION && kind != Query.Kind.PUBSUB;
            return (stateless && !known.maybeApplied()) || idempotent.test(request);
        }

        /** How long to wait before the next attempt; negative if there is none. */
        private long pause() {
            Session session = request.session();
            if (request.isOver() || !session.isOpen()) {
                return -1;
            }
            if (order != null && !order.mayRepeat(place, request.query())) {
                outOfOrder.increment();
                return -1;
            }
            long most = Math.min(longestPause, firstPause << Math.min(20, made - 1));
            long pause = most - random.get(session.loop()).nextLong(most / 2 + 1);
            if (made >= attempts || session.nanoTime() - start + pause > deadline) {
                gaveUp.increment();
                return -1;
            }
            if (!budget.withdraw()) {
                overBudget.increment();
                return -1;
            }
            return pause;
        }
    }

    @Override
    public String toString() {
        return "Retry of up to " + attempts + " attempts within " + Duration.ofNanos(deadline);
    }

    /** What a Retry may be told. */
    public static final class Builder {
        private final int attempts;
        private long firstPause = TimeUnit.MILLISECONDS.toNanos(10);
        private long longestPause = TimeUnit.SECONDS.toNanos(1);
        private long deadline = TimeUnit.SECONDS.toNanos(2);
        private double share = 0.2;
        private int most = 100;
        private Predicate<? super Failure> failures =
                failure -> failure.kind() == Failure.Kind.UNAVAILABLE || failure.kind() == Failure.Kind.OVERLOADED;
        private Predicate<? super Message> errors = response -> false;
        private Predicate<? super Message> idempotent =
                request -> request.query().isIdempotent();
        private SplittableRandom random = new SplittableRandom();

        private Builder(int attempts) {
            if (attempts < 2 || attempts > 100) {
                throw new IllegalArgumentException(
                        "a Retry makes 2 to 100 attempts, the first one included, not " + attempts);
            }
            this.attempts = attempts;
        }

        /**
         * How long the pauses are: the first one, and what they double up to. Of each, the upper half is random.
         *
         * @throws IllegalArgumentException unless 0 &lt; first &lt;= longest &lt;= 1 minute
         */
        public Builder backOff(Duration first, Duration longest) {
            if (first.isNegative()
                    || first.isZero()
                    || first.compareTo(longest) > 0
                    || longest.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException(
                        "a Retry needs a first pause of more than nothing, and a longest of at"
                                + " least that and at most a minute, not " + first + " and " + longest);
            }
            firstPause = first.toNanos();
            longestPause = longest.toNanos();
            return this;
        }

        /** How long after the first attempt the last one may begin: up to an hour. */
        public Builder deadline(Duration time) {
            if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("a Retry has a deadline of up to an hour, not " + time);
            }
            deadline = time.toNanos();
            return this;
        }

        /**
         * How many retries there may be for what is asked.
         *
         * @param share for each request, 0 to 1
         * @param retries how many can be saved up, which is also what there is in the beginning
         */
        public Builder budget(double share, int retries) {
            if (!(share >= 0 && share <= 1) || retries < 1) {
                throw new IllegalArgumentException(
                        "a Retry needs a budget of 0 to 1 for each request, and of at least one" + " retry, not "
                                + share + " and " + retries);
            }
            this.share = share;
            this.most = retries;
            return this;
        }

        /** After which failures to try again, instead of UNAVAILABLE and OVERLOADED. */
        public Builder onFailure(Predicate<? super Failure> retried) {
            failures = Objects.requireNonNull(retried, "retried");
            return this;
        }

        /** After which errors that the database answered with to try again; by default none. */
        public Builder onResponse(Predicate<? super Message> retried) {
            errors = Objects.requireNonNull(retried, "retried");
            return this;
        }

        /** Which requests may be carried out twice, instead of those that {@link Query#isIdempotent()} says. */
        public Builder idempotent(Predicate<? super Message> requests) {
            idempotent = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /** Where the random pauses come from. */
        Builder seed(long seed) {
            random = new SplittableRandom(seed);
            return this;
        }

        /** The transform. */
        public Retry build() {
            return new Retry(this);
        }
    }
}
