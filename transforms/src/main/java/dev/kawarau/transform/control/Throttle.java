package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many requests pass in a second and refuses the rest, or lets them wait.
 *
 * <pre>{@code
 * Throttle.perSecond(20_000)                                    // for all clients together
 * Throttle.to(100, Duration.ofSeconds(1)).burst(10).perSession().build()
 * Throttle.to(50, Duration.ofMinutes(1)).by(request -> request.query().namespace()).build()
 * Throttle.to(20_000, Duration.ofSeconds(1)).waiting(Duration.ofMillis(100), 1_000).build()
 * }</pre>
 *
 * <p><b>The limit</b> is that of the generic cell rate algorithm, as in ATM and in most rate limiters: in any stretch of
 * time, whenever it begins, at most what the rate allows for it and one burst pass, over all event loops together. By
 * default a burst is what passes in one period, so an idle chain lets up to twice its limit pass in the first second. Each
 * statement of a CQL batch counts; a batch of more statements than a burst could never pass and is refused as
 * {@link Failure.Kind#INVALID}.
 *
 * <p><b>What does not count.</b> By default requests of {@link Query.Kind#SESSION}: handshake, {@code AUTH}, {@code SELECT},
 * {@code MULTI} and {@code EXEC}, {@code PREPARE}. A client that is refused one of them is at another place than it believes,
 * or never gets to ask anything. The commands inside of a Redis transaction do count, and if one is refused its EXEC fails as
 * Redis would have it fail ({@code EXECABORT}).
 *
 * <p><b>Refused</b> requests fail as {@link Failure.Kind#OVERLOADED}, certainly not applied: {@code -ERR} for Redis clients,
 * {@code OVERLOADED} for CQL drivers, which then try another node. {@linkplain Builder#waiting Waiting} requests have their
 * turn reserved when they are first of their session, in the order in which they got there, whichever their loop; one whose
 * turn would come too late is refused at once. Behind a request that waits all others of its session wait, also those that
 * do not count; where the session knows no order (CQL), only those under the same key. When a session closes, its waiting
 * requests give up their places, and at most the one turn that was reserved is lost. A session of Redis whose requests wait
 * stays with a chain that another one takes the place of until none waits; {@link #limit(long)} reaches it at once.
 *
 * <p><b>Cost.</b> One atomic update for each request, and where there are keys a look into a table. <b>Protocols.</b> All.
 * Thread-safe; one object may be part of several chains and is one limit for all of them.
 */
public final class Throttle implements Transform {
    /** Finds the limit that a request counts against. */
    interface Buckets {
        /** Null if the request is not limited. Asked again if the bucket is retired. */
        @Nullable
        Bucket of(Message request, long nowNanos);
    }

    private final Buckets buckets;
    private final Predicate<? super Message> exempt;
    private final long mostWaitNanos;
    private final int mostWaiting;
    private final boolean burstIsLimit;
    private final String scope;
    private volatile Rate rate;

    private final AtomicInteger waiting = new AtomicInteger();
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder refused = meters.counter(
            "kawarau.throttle.refused", "requests that a Throttle refused, statements of a batch as one");
    private final LongAdder delayed =
            meters.counter("kawarau.throttle.delayed", "requests that waited and then passed");

    private Throttle(Builder builder) {
        this.rate = builder.rate();
        this.burstIsLimit = builder.burst == 0;
        this.exempt = builder.exempt;
        this.mostWaitNanos = builder.mostWaitNanos;
        this.mostWaiting = builder.mostWaiting;
        this.scope = builder.scope;
        this.buckets = builder.buckets.apply(this);
        meters.gauge("kawarau.throttle.waiting", "requests that wait in a Throttle", Tags.empty(), waiting::get);
    }

    /**
     * So many requests in a second for all clients together; the rest is refused.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Throttle perSecond(long requests) {
        return to(requests, Duration.ofSeconds(1)).build();
    }

    /**
     * So many requests in a minute for all clients together; the rest is refused.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Throttle perMinute(long requests) {
        return to(requests, Duration.ofMinutes(1)).build();
    }

    /** So many requests in a period of at most a day, with more to be said. */
    public static Builder to(long requests, Duration period) {
        return new Builder(requests, period);
    }

    /** How many requests pass in a period. */
    public long limit() {
        return rate.requests();
    }

    /**
     * Sets another limit, from now on; any thread. The burst becomes the same unless the builder was given one. What was
     * reserved for requests that wait stays reserved.
     *
     * @throws IllegalArgumentException if it is none
     */
    public void limit(long requests) {
        Rate now = rate;
        rate = Rate.of(requests, now.periodNanos(), burstIsLimit ? requests : now.burst());
    }

    /** Sets another limit and another burst. */
    public void limit(long requests, long burst) {
        rate = Rate.of(requests, rate.periodNanos(), burst);
    }

    Rate rate() {
        return rate;
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        int statements = exempt.test(request) ? 0 : request.query().statements();
        if (mostWaitNanos == 0) {
            return statements == 0 || take(request, statements, 0) == 0 ? next.send(request) : refused(statements);
        }
        return passOrWait(request, statements, next);
    }

    /** How long to wait for room, which then is taken; {@link Bucket#TOO_LONG} if that is longer than it may be. */
    private long take(Message request, int statements, long mostNanos) {
        Rate now = rate;
        if (statements > now.burst()) {
            return Bucket.TOO_LONG;
        }
        long nowNanos = request.session().nanoTime();
        while (true) {
            Bucket bucket = buckets.of(request, nowNanos);
            long wait = bucket == null ? 0 : bucket.take(now, statements, nowNanos, mostNanos);
            if (wait != Bucket.RETIRED) {
                return wait;
            }
        }
    }

    private Reply refused(int statements) {
        refused.increment();
        return Reply.failed(refusal(statements));
    }

    private Failure refusal(int statements) {
        Rate now = rate;
        if (statements > now.burst()) {
            return new Failure(
                    Failure.Kind.INVALID,
                    "a batch of " + statements + " statements is more than the " + now.burst()
                            + " that may pass at once; send smaller ones");
        }
        return new Failure(
                Failure.Kind.OVERLOADED,
                "more requests than " + now.requests() + " in " + seconds(now) + scope + ", try again later");
    }

    private static String seconds(Rate rate) {
        long nanos = rate.periodNanos();
        return nanos == TimeUnit.SECONDS.toNanos(1)
                ? "a second"
                : nanos == TimeUnit.MINUTES.toNanos(1)
                        ? "a minute"
                        : Duration.ofNanos(nanos).toString();
    }

    // --- waiting

    private Reply passOrWait(Message request, int statements, Chain next) {
        Object place = place(request);
        boolean stands = WaitingLine.find(request.session(), place) != null;
        if (!stands && (statements == 0 || take(request, statements, 0) == 0)) {
            return next.send(request);
        }
        if (statements > rate.burst() || (statements > 0 && !enter())) {
            return refused(statements);
        }
        Delayed waiter = new Delayed(request, statements, next);
        WaitingLine.join(place, waiter);
        return waiter.reply();
    }

    /** Where the order of requests is kept. */
    private Object place(Message request) {
        Session session = request.session();
        if (session.isOrdered()) {
            return this;
        }
        Bucket bucket = buckets.of(request, session.nanoTime());
        return bucket == null ? this : bucket;
    }

    private boolean enter() {
        if (waiting.incrementAndGet() <= mostWaiting) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    /** Not while something waits that the session's next requests must not overtake. */
    @Override
    public boolean leave(Session session) {
        return !session.isOrdered() || WaitingLine.find(session, this) == null;
    }

    private final class Delayed extends Waiter {
        private final int statements;
        private final long since;
        private @Nullable ScheduledFuture<?> turn;

        Delayed(Message request, int statements, Chain next) {
            super(request, next);
            this.statements = statements;
            this.since = request.session().nanoTime();
        }

        @Override
        void ask() {
            if (statements == 0) {
                go();
                return;
            }
            Session session = request().session();
            long wait = take(request(), statements, Math.max(0, since + mostWaitNanos - session.nanoTime()));
            if (wait < 0) {
                refused.increment();
                refuse(refusal(statements));
            } else if (wait == 0) {
                pass();
            } else {
                turn = session.loop().schedule(this::pass, wait, TimeUnit.NANOSECONDS);
            }
        }

        private void pass() {
            delayed.increment();
            go();
        }

        @Override
        void left() {
            if (statements > 0) {
                waiting.decrementAndGet();
            }
            if (turn != null) {
                turn.cancel(false);
            }
        }
    }

    @Override
    public String toString() {
        return "Throttle of " + rate + scope;
    }

    /** What a Throttle may be told. */
    public static final class Builder {
        private final long requests;
        private final long periodNanos;
        private long burst;
        private Predicate<? super Message> exempt = request -> request.query().kind() == Query.Kind.SESSION;
        private long mostWaitNanos;
        private int mostWaiting;
        private String scope = "";
        private Function<Throttle, Buckets> buckets = throttle -> {
            Bucket only = new Bucket();
            return (request, now) -> only;
        };

        private Builder(long requests, Duration period) {
            this.requests = requests;
            this.periodNanos = period.toNanos();
            rate();
        }

        private Rate rate() {
            return Rate.of(requests, periodNanos, burst == 0 ? requests : burst);
        }

        /**
         * How many requests may come at once after a time of rest. By default as many as in one period.
         *
         * @throws IllegalArgumentException if there are none
         */
        public Builder burst(long requests) {
            if (requests < 1) {
                throw new IllegalArgumentException("a burst is of at least one request, not " + requests);
            }
            burst = requests;
            rate();
            return this;
        }

        /** Each client connection has a limit of its own. */
        public Builder perSession() {
            scope = " for each connection";
            buckets = throttle -> new SessionBuckets();
            return this;
        }

        /**
         * Each key has a limit of its own, for 10,000 keys: see {@link #by(Function, int)}.
         *
         * @param key what a request counts for; null for one that is not limited
         */
        public Builder by(Function<? super Message, ?> key) {
            return by(key, KeyedBuckets.USUAL_KEYS);
        }

        /**
         * Each key has a limit of its own. A key is forgotten when its limit is all there again, that is when nothing is lost
         * by it, and when room is needed. Keys for which there is no room share one limit among them: memory, and what
         * passes, is bounded whatever clients send. So make room for all keys that are in use within a burst's time.
         *
         * @param key what a request counts for; null for one that is not limited. Called on event loops, on several at once.
         *     It must not hold on to the message: a String of the key, not the buffer
         * @param most how many keys have their own limit; each takes about 100 bytes
         */
        public Builder by(Function<? super Message, ?> key, int most) {
            Objects.requireNonNull(key, "key");
            if (most < 1) {
                throw new IllegalArgumentException("a Throttle by key needs room for at least one key, not " + most);
            }
            scope = " for each key";
            buckets = throttle -> new KeyedBuckets(key, most);
            return this;
        }

        /** Which requests pass without counting, instead of those of {@link Query.Kind#SESSION}. */
        public Builder exempt(Predicate<? super Message> requests) {
            exempt = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /**
         * Requests beyond the limit wait.
         *
         * @param most for how long; one that would have to wait longer is refused. At most an hour
         * @param places how many may wait at a time, of all clients together; more are refused
         */
        public Builder waiting(Duration most, int places) {
            if (most.isNegative() || most.isZero() || most.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("a Throttle lets requests wait for up to an hour, not " + most
                        + "; without waiting() they are refused at once");
            }
            if (places < 1) {
                throw new IllegalArgumentException("a Throttle needs at least one place to wait, not " + places);
            }
            mostWaitNanos = most.toNanos();
            mostWaiting = places;
            return this;
        }

        /** The transform. */
        public Throttle build() {
            return new Throttle(this);
        }
    }
}
