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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many requests be under way at a time; others wait for their turn, or are refused.
 *
 * <pre>{@code
 * ConcurrencyLimit.of(100)                                         // 1,000 may wait, for up to a second
 * ConcurrencyLimit.to(100).waiting(Duration.ofMillis(50), 200).build()
 * ConcurrencyLimit.to(10).by(request -> request.query().namespace()).refusing().build()
 * }</pre>
 *
 * <p><b>Under way</b> is a request from when it passes here until its reply comes by, over all event loops together. A
 * {@link Timeout} in front of this transform leaves a request under way until the database has answered it in fact; one
 * behind it gives the permit back when time is up, although the database may still be at work.
 *
 * <p><b>Waiting.</b> A permit goes to whoever has waited longest, whichever its event loop. Of one session only the first of
 * those that wait stands in that queue, so a client that sends a thousand requests takes turns with one that sends one.
 * Behind a request that waits all others of its session wait, also those that do not count; where the session knows no
 * order (CQL), only those under the same key. Whoever has waited too long, or finds all places taken, fails as
 * {@link Failure.Kind#OVERLOADED}, certainly not applied. When a session closes, its waiting requests leave; what it has
 * under way counts until it is answered, since the database works on it.
 *
 * <p><b>What does not count.</b> By default requests of {@link Query.Kind#SESSION}, without which a client never gets to ask
 * anything nor ends its transaction, and those that the database lets wait ({@link Query#isBlocking()}, such as BLPOP): they
 * keep it from nothing, and a hundred idle consumers would take all permits for ever. Bound those by
 * {@code maxConnections} of the listener, since each needs a connection of its own. A request that is never answered would
 * keep its permit; the sinks answer all, when their server is silent for too long.
 *
 * <p><b>Cost.</b> Two atomic updates and a callback for each request; a table look-up each way where there are keys.
 * <b>Protocols.</b> All. Thread-safe; one object may be part of several chains and is one limit for all of them.
 */
public final class ConcurrencyLimit implements Transform {
    private final @Nullable Function<? super Message, ?> key;
    private final Predicate<? super Message> exempt;
    private final long mostWaitNanos;
    private final int mostWaiting;
    private volatile int limit;

    private final Permits shared = new Permits(this::limit, null);
    private final ConcurrentMap<Object, Permits> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder underWay = new LongAdder();
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder refused =
            meters.counter("kawarau.concurrency.refused", "requests that a ConcurrencyLimit refused");
    private final LongAdder delayed =
            meters.counter("kawarau.concurrency.delayed", "requests that waited and then passed");

    private ConcurrencyLimit(Builder builder) {
        this.limit = builder.limit;
        this.key = builder.key;
        this.exempt = builder.exempt;
        this.mostWaitNanos = builder.mostWaitNanos;
        this.mostWaiting = builder.mostWaiting;
        meters.gauge(
                "kawarau.concurrency.waiting", "requests that wait in a ConcurrencyLimit", Tags.empty(), waiting::get);
        meters.gauge("kawarau.concurrency.underway", "requests that have passed it", Tags.empty(), underWay::sum);
    }

    /**
     * So many requests at a time, for all clients together; up to 1,000 others wait, for up to a second.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static ConcurrencyLimit of(int requests) {
        return to(requests).build();
    }

    /** So many requests at a time, with more to be said. */
    public static Builder to(int requests) {
        return new Builder(requests);
    }

    /** How many requests may be under way at a time. */
    public int limit() {
        return limit;
    }

    /**
     * Sets another limit, from now on; any thread. If it is lower, no request passes until enough were answered.
     *
     * @throws IllegalArgumentException if it is none
     */
    public void limit(int requests) {
        limit = checked(requests);
        shared.grant();
        byKey.values().forEach(Permits::grant);
    }

    private static int checked(int requests) {
        if (requests < 1) {
            throw new IllegalArgumentException("a ConcurrencyLimit lets at least one request be under way, not "
                    + requests + "; Returner.failing refuses all");
        }
        return requests;
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        boolean counts = !exempt.test(request);
        Object of = counts && key != null ? key.apply(request) : null;
        if (key != null && of == null) {
            counts = false;
        }
        Object place = of == null || request.session().isOrdered() ? this : new Place(this, of);
        boolean first = mostWaiting == 0 || WaitingLine.find(request.session(), place) == null;
        if (!counts && first) {
            return next.send(request);
        }
        Permits permits = counts ? open(of) : null;
        if (permits != null && first && permits.take()) {
            return through(next.send(request), permits);
        }
        if (permits != null && !enter()) {
            close(permits);
            refused.increment();
            return Reply.failed(refusal("and others wait already"));
        }
        Queued waiter = new Queued(request, permits, next);
        WaitingLine.join(place, waiter);
        return waiter.reply();
    }

    /** Not while something waits that the session's next requests must not overtake. */
    @Override
    public boolean leave(Session session) {
        return !session.isOrdered() || WaitingLine.find(session, this) == null;
    }

    /** Where the order of a session's requests under one key is kept. */
    private record Place(ConcurrencyLimit limit, Object key) {}

    private boolean enter() {
        if (waiting.incrementAndGet() <= mostWaiting) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    private Failure refusal(String why) {
        return new Failure(
                Failure.Kind.OVERLOADED,
                limit + " requests are under way" + (key == null ? "" : " for this key") + ", " + why
                        + "; try again later");
    }

    private Reply through(Reply reply, Permits permits) {
        underWay.increment();
        return reply.whenDone((response, failure) -> {
            underWay.decrement();
            permits.giveBack();
            close(permits);
        });
    }

    /** The permits for a key, kept until they are closed as often as they were opened. */
    private Permits open(@Nullable Object of) {
        if (of == null) {
            return shared;
        }
        return Objects.requireNonNull(byKey.compute(of, (missing, known) -> {
            Permits permits = known == null ? new Permits(this::limit, of) : known;
            permits.users++;
            return permits;
        }));
    }

    private void close(Permits permits) {
        if (permits.key != null) {
            byKey.computeIfPresent(permits.key, (of, known) -> --known.users == 0 ? null : known);
        }
    }

    /** A request that waits; without permits it only waits for those before it. */
    private final class Queued extends Waiter implements Permits.Candidate {
        private final @Nullable Permits permits;
        private final long since;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean inLine;
        private boolean permitted;

        Queued(Message request, @Nullable Permits permits, Chain next) {
            super(request, next);
            this.permits = permits;
            this.since = request.session().nanoTime();
        }

        @Override
        void ask() {
            if (permits == null) {
                go();
                return;
            }
            if (permits.takeOrWait(this)) {
                pass();
                return;
            }
            inLine = true;
            Session session = request().session();
            long left = Math.max(0, since + mostWaitNanos - session.nanoTime());
            timeout = session.loop().schedule(this::expire, left, TimeUnit.NANOSECONDS);
        }

        private void expire() {
            refused.increment();
            refuse(refusal("and none ended within " + TimeUnit.NANOSECONDS.toMillis(mostWaitNanos) + " ms"));
        }

        @Override
        public void granted() {
            try {
                request().session().loop().execute(this::take);
            } catch (RejectedExecutionException ended) {
                release(); // the loop has ended, and all of its sessions with it
            }
        }

        /** The permit that was taken for it is there. */
        private void take() {
            if (inLine) {
                inLine = false;
                pass();
            } else {
                release();
            }
        }

        private void release() {
            Permits held = Objects.requireNonNull(permits);
            held.giveBack();
            close(held);
        }

        private void pass() {
            permitted = true;
            delayed.increment();
            go();
        }

        @Override
        Reply send(Chain next, Message request) {
            return permits == null ? next.send(request) : through(next.send(request), permits);
        }

        @Override
        void left() {
            if (permits == null) {
                return;
            }
            waiting.decrementAndGet();
            if (timeout != null) {
                timeout.cancel(false);
            }
            boolean grantedOnTheWay = inLine && !permits.withdraw(this);
            inLine = false;
            if (!permitted && !grantedOnTheWay) {
                close(permits);
            }
        }

        @Override
        void moot() {
            if (permitted) {
                release();
            }
        }
    }

    @Override
    public String toString() {
        return "ConcurrencyLimit of " + limit + (key == null ? "" : " for each key");
    }

    /** What a ConcurrencyLimit may be told. */
    public static final class Builder {
        private final int limit;
        private @Nullable Function<? super Message, ?> key;
        private Predicate<? super Message> exempt = request ->
                request.query().kind() == Query.Kind.SESSION || request.query().isBlocking();
        private long mostWaitNanos = TimeUnit.SECONDS.toNanos(1);
        private int mostWaiting = 1_000;

        private Builder(int limit) {
            this.limit = checked(limit);
        }

        /**
         * Each key has a limit of its own. There are as many as have requests under way or waiting, and the listener bounds
         * those.
         *
         * @param of what a request counts for; null for one that is not limited. Called on event loops, on several at once.
         *     It must not hold on to the message: a String of the key, not the buffer
         */
        public Builder by(Function<? super Message, ?> of) {
            key = Objects.requireNonNull(of, "of");
            return this;
        }

        /** Which requests pass without counting, instead of those of kind SESSION and those that block. */
        public Builder exempt(Predicate<? super Message> requests) {
            exempt = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /**
         * For how long requests wait, and how many may.
         *
         * @param most for how long; up to an hour
         * @param places how many at a time, of all clients together; more are refused
         */
        public Builder waiting(Duration most, int places) {
            if (most.isNegative() || most.isZero() || most.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("a ConcurrencyLimit lets requests wait for up to an hour, not "
                        + most + "; refusing() refuses them at once");
            }
            if (places < 1) {
                throw new IllegalArgumentException(
                        "a ConcurrencyLimit needs at least one place to wait, not " + places + "; refusing() has none");
            }
            mostWaitNanos = most.toNanos();
            mostWaiting = places;
            return this;
        }

        /** No request waits. */
        public Builder refusing() {
            mostWaiting = 0;
            return this;
        }

        /** The transform. */
        public ConcurrencyLimit build() {
            return new ConcurrencyLimit(this);
        }
    }
}
