package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends nothing to a database that fails: when too many requests failed, all are refused at once for a while, and then a few
 * find out whether it is back.
 *
 * <pre>{@code
 * CircuitBreaker.named("orders-db")
 * CircuitBreaker.to("orders-db").failureRate(20).window(500, 50).openFor(Duration.ofSeconds(2)).probes(5).build()
 * }</pre>
 *
 * <p><b>There is one circuit</b> for all clients and event loops, since it stands for what is behind it, and that is the same
 * for all of them. Where a chain goes on to several databases, put one at the head of each sub-chain, so that one that is
 * down does not take the others with it; a breaker for each node belongs at the sink.
 *
 * <p><b>States.</b> {@link State#CLOSED}: requests pass, and the last of them are counted; when at least so many were (20)
 * and half of the last 100 failed, the circuit opens. {@link State#OPEN}: every request fails at once as
 * {@link Failure.Kind#UNAVAILABLE}, certainly not applied, for 10 s. {@link State#HALF_OPEN}: as many requests as there are
 * probes (3) pass, and the others are refused until those are answered: then it closes, or opens again. The first request
 * after the 10 s makes it half-open, so without requests it stays open. What was sent before the state changed has no say in
 * the next one. Each change is logged once.
 *
 * <p><b>What counts as failed.</b> By default failures of {@link Failure.Kind#TIMEOUT} and {@link Failure.Kind#UNAVAILABLE}.
 * An answer of the database is a success, even if it is an error such as one of syntax, unless {@link Builder#onResponse}
 * says otherwise. Other failures tell nothing of the database (a transform behind this one refused the request) and do not
 * count. So put a {@link Timeout} behind this transform if slow means down, and a {@link Retry} in front of it: what is
 * refused here may be tried again later, within its budget.
 *
 * <p><b>What passes in any state</b> and does not count: by default requests of {@link Query.Kind#SESSION} and
 * {@link Query.Kind#PUBSUB}. An EXEC that was refused would leave its transaction open at the server, and a handshake may
 * need no server at all. Requests that the database lets wait ({@link Query#isBlocking()}) pass while the circuit is closed
 * and do not count, and are no probes.
 *
 * <p><b>Built on</b> resilience4j's circuit breaker, with its lock-free window of the last requests and the event loop's
 * clock. <b>Cost.</b> A few atomic updates, one object and one callback for each request. <b>Protocols.</b> All.
 * Thread-safe; one object may be part of several chains and is one circuit for all of them.
 */
public final class CircuitBreaker implements Transform {
    private static final Logger log = LoggerFactory.getLogger(CircuitBreaker.class);

    /** What failed is decided here, so the circuit has no use for more. */
    private final Failure failed = new Failure(Failure.Kind.UNAVAILABLE, "failed");

    /** What a circuit is. */
    public enum State {
        /** Requests pass. */
        CLOSED,
        /** Requests are refused. */
        OPEN,
        /** A few requests pass, to find out whether the database is back. */
        HALF_OPEN
    }

    private final String name;
    private final io.github.resilience4j.circuitbreaker.CircuitBreaker circuit;
    private final LatestTime time = new LatestTime();
    private final Predicate<? super Failure> failures;
    private final Predicate<? super Message> errors;
    private final Predicate<? super Message> exempt;
    private final AtomicInteger changes = new AtomicInteger();

    private final SharedMeters meters = new SharedMeters();
    private final LongAdder refused =
            meters.counter("kawarau.breaker.refused", "requests that an open circuit breaker refused");
    private final LongAdder opened = meters.counter("kawarau.breaker.opened", "how often a circuit breaker has opened");

    private CircuitBreaker(Builder builder) {
        this.name = builder.name;
        this.failures = builder.failures;
        this.errors = builder.errors;
        this.exempt = builder.exempt;
        this.circuit = io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(builder.failureRate)
                        .slidingWindow(
                                builder.window,
                                builder.least,
                                SlidingWindowType.COUNT_BASED,
                                SlidingWindowSynchronizationStrategy.LOCK_FREE)
                        .waitDurationInOpenState(builder.open)
                        .permittedNumberOfCallsInHalfOpenState(builder.probes)
                        // What was slow is for a Timeout to say.
                        .slowCallDurationThreshold(Duration.ofDays(1))
                        .clock(time)
                        .currentTimestampFunction(clock -> time.nanoTime(), TimeUnit.NANOSECONDS)
                        .writableStackTraceEnabled(false)
                        .build());
        circuit.getEventPublisher()
                .onStateTransition(event -> changed(
                        stateOf(event.getStateTransition().getFromState()),
                        stateOf(event.getStateTransition().getToState())));
        for (State state : State.values()) {
            meters.gauge(
                    "kawarau.breaker.state",
                    "1 for the state that a circuit breaker is in",
                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                    () -> state() == state ? 1 : 0);
        }
    }

    /**
     * A circuit breaker with the usual settings.
     *
     * @param name what the log, errors and the chain's printed form call it
     * @throws IllegalArgumentException if the name is blank
     */
    public static CircuitBreaker named(String name) {
        return to(name).build();
    }

    /** A circuit breaker of that name, with more to be said. */
    public static Builder to(String name) {
        return new Builder(name);
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    /** The state it is in, forced or not; any thread. */
    public State state() {
        return stateOf(circuit.getState());
    }

    private static State stateOf(io.github.resilience4j.circuitbreaker.CircuitBreaker.State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> State.OPEN;
            case HALF_OPEN -> State.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
        };
    }

    /** Opens the circuit until {@link #reset}; any thread. */
    public void forceOpen() {
        circuit.transitionToForcedOpenState();
    }

    /** Closes the circuit until {@link #reset}, whatever fails; any thread. */
    public void forceClosed() {
        circuit.transitionToDisabledState();
    }

    /** Closes the circuit, forgets what was counted, and lets it open by itself again; any thread. */
    public void reset() {
        State before = state();
        circuit.reset();
        if (before != State.CLOSED) {
            changed(before, State.CLOSED); // of which there is no event
        } else {
            changes.incrementAndGet();
        }
    }

    private synchronized void changed(State from, State to) {
        changes.incrementAndGet();
        if (from == to) {
            return;
        }
        if (to == State.OPEN) {
            opened.increment();
            log.warn("circuit breaker \"{}\" is open: requests are refused", name);
        } else {
            log.info("circuit breaker \"{}\" is {}", name, to == State.CLOSED ? "closed" : "half-open");
        }
    }

    @Override
    public Reply handle(Message request, Chain next) {
        if (exempt.test(request)) {
            return next.send(request);
        }
        long start = request.session().nanoTime();
        time.is(start);
        if (request.query().isBlocking()) {
            return state() == State.CLOSED ? next.send(request) : refused();
        }
        if (!circuit.tryAcquirePermission()) {
            return refused();
        }
        int change = changes.get();
        Reply reply = next.send(request);
        return reply.whenDone((response, failure) -> ended(request, start, change, response, failure));
    }

    private Reply refused() {
        refused.increment();
        return Reply.failed(new Failure(
                Failure.Kind.UNAVAILABLE,
                "circuit breaker \"" + name + "\" is open, since too many requests failed; this one was not sent"));
    }

    private void ended(
            Message request, long start, int change, @Nullable Message response, @Nullable Throwable failure) {
        if (change != changes.get()) {
            return; // it was sent in another state
        }
        long now = request.session().nanoTime();
        time.is(now);
        if (response != null) {
            if (response.isError() && errors.test(response)) {
                failed(now - start);
            } else {
                circuit.onSuccess(now - start, TimeUnit.NANOSECONDS);
            }
        } else if (failure instanceof Failure known && failures.test(known)) {
            failed(now - start);
        } else {
            circuit.releasePermission();
        }
    }

    private void failed(long nanos) {
        circuit.onError(nanos, TimeUnit.NANOSECONDS, failed);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return "CircuitBreaker \"" + name + "\"";
    }

    /** What a CircuitBreaker may be told. */
    public static final class Builder {
        private final String name;
        private float failureRate = 50;
        private int window = 100;
        private int least = 20;
        private int probes = 3;
        private Duration open = Duration.ofSeconds(10);
        private Predicate<? super Failure> failures =
                failure -> failure.kind() == Failure.Kind.TIMEOUT || failure.kind() == Failure.Kind.UNAVAILABLE;
        private Predicate<? super Message> errors = response -> false;
        private Predicate<? super Message> exempt = request ->
                request.query().kind() == Query.Kind.SESSION || request.query().kind() == Query.Kind.PUBSUB;

        private Builder(String name) {
            if (Objects.requireNonNull(name, "name").isBlank()) {
                throw new IllegalArgumentException("a CircuitBreaker needs a name that is not blank");
            }
            this.name = name;
        }

        /** How many of a hundred requests must fail for it to open: more than 0, up to 100. */
        public Builder failureRate(double percent) {
            if (!(percent > 0 && percent <= 100)) {
                throw new IllegalArgumentException(
                        "a CircuitBreaker opens at a failure rate of more than 0 and up to 100 percent, not "
                                + percent);
            }
            failureRate = (float) percent;
            return this;
        }

        /**
         * Of how many requests the rate is.
         *
         * @param last so many are looked at, up to 100,000
         * @param least it does not open before so many were counted
         */
        public Builder window(int last, int least) {
            if (last < 1 || last > 100_000 || least < 1 || least > last) {
                throw new IllegalArgumentException(
                        "a CircuitBreaker looks at the last 1 to 100,000 requests, and needs at"
                                + " least 1 and at most as many to open, not " + last + " and " + least);
            }
            window = last;
            this.least = least;
            return this;
        }

        /** For how long it is open: at least a millisecond, up to a day. */
        public Builder openFor(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "a CircuitBreaker is open for at least a millisecond and at most a day, not " + time);
            }
            open = time;
            return this;
        }

        /** How many requests pass while it is half-open. */
        public Builder probes(int requests) {
            if (requests < 1) {
                throw new IllegalArgumentException("a CircuitBreaker needs at least one probe, not " + requests);
            }
            probes = requests;
            return this;
        }

        /** Which failures count, instead of TIMEOUT and UNAVAILABLE; the others tell nothing. */
        public Builder onFailure(Predicate<? super Failure> failed) {
            failures = Objects.requireNonNull(failed, "failed");
            return this;
        }

        /** Which errors that the database answered with count as failed; by default none. */
        public Builder onResponse(Predicate<? super Message> failed) {
            errors = Objects.requireNonNull(failed, "failed");
            return this;
        }

        /** Which requests pass in any state and do not count, instead of those of kind SESSION and PUBSUB. */
        public Builder exempt(Predicate<? super Message> requests) {
            exempt = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /** The transform. */
        public CircuitBreaker build() {
            return new CircuitBreaker(this);
        }
    }
}
