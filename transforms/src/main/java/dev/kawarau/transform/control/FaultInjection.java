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
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go wrong what goes wrong between an application and its database, by chance that a seed repeats: to see what the
 * application, or the rest of a chain, makes of it.
 *
 * <pre>{@code
 * FaultInjection faults = FaultInjection.builder()
 *         .delay(0.1, Duration.ofMillis(5), Duration.ofMillis(50))
 *         .error(0.01, new Failure(Failure.Kind.OVERLOADED, "try again later"))
 *         .loseRequests(0.001)
 *         .loseReplies(0.001)
 *         .disconnect(0.001)
 *         .when(request -> request.query().namespace().equals("shop.orders"))
 *         .seed(42)
 *         .build();
 * faults.rate(Fault.DELAY, 0.5); // while it runs
 * faults.off();
 * }</pre>
 *
 * <p><b>The faults</b> are those of {@link Fault}. Each has its own chance at each request; one that several others than
 * {@link Fault#DELAY} hit has the first of them, and what is delayed meets its other fault when its turn comes.
 *
 * <p><b>Which requests.</b> By default all but those of {@link Query.Kind#SESSION} and {@link Query.Kind#PUBSUB} and those
 * that the database lets wait; {@link Builder#when} decides instead. Whatever it says, a lost request or reply of these two
 * kinds or in a transaction cuts the connection, and counts as that: with the answer neither client nor proxy would know what
 * the session is at, and a transaction would be carried out without what was lost. An error does as a refusal of any other
 * transform: in a Redis transaction it spoils the EXEC.
 *
 * <p><b>Order.</b> Where a session counts on the order of its requests ({@link Session#isOrdered}), what comes behind a
 * request that is delayed waits until that was sent. Each has its time from when it came, as on a slow network, so a
 * pipeline is not slowed down by the sum. Behind a request that is lost the others go on, and their replies wait for its
 * failure. Where there is no order (CQL) requests do not wait for each other.
 *
 * <p><b>The same again.</b> Sessions are numbered as their first requests come here, and requests within their session, all
 * of them, whether or not faults are for them. What happens to a request depends on the seed, these two numbers and the
 * rates, and nothing else: not on time, keys or other sessions. To raise one rate leaves those that it hit already, and all
 * other faults, where they were. The seed is chosen by chance if none is given, and logged when the chain is built.
 *
 * <p><b>Cost.</b> Without a fault, a few nanoseconds. What is delayed or lost keeps its memory and its place among the
 * requests that the listener lets a client have under way, so both are bounded by those, and all ends with the session.
 * <b>Protocols.</b> All. Thread-safe; one object may be part of several chains.
 */
public final class FaultInjection implements Transform {
    private static final Logger log = LoggerFactory.getLogger(FaultInjection.class);

    // A session may outlive the chain that it met its faults in.
    private static final Session.Key<Map<Object, Fate.Series>> SERIES = Session.Key.named("faults to come");

    /** What can go wrong. */
    public enum Fault {
        /** The request waits before it is sent. */
        DELAY,
        /**
         * The client's connection is cut, with all that is under way on it; for half of these requests before they are sent,
         * for the others when the database has answered them.
         */
        DISCONNECT,
        /**
         * The request is not sent, and its client not told: it gets what a silent server gets it, a failure of
         * {@link Failure.Kind#TIMEOUT} after {@link Builder#lostAfter}.
         */
        LOST_REQUEST,
        /** The request is carried out, but the reply is thrown away; the client gets the same as for a lost request. */
        LOST_REPLY,
        /** The request is not sent, and fails at once. */
        ERROR
    }

    private final Predicate<? super Message> wanted;
    private final long seed;
    private final long leastDelay;
    private final long mostDelay;
    private final long lostAfter;
    private final Failure error;
    private volatile FaultRates rates;
    private volatile boolean on = true;

    private final AtomicLong sessions = new AtomicLong();
    private final SharedMeters meters = new SharedMeters();
    private final Map<Fault, LongAdder> counts = new EnumMap<>(Fault.class);

    private FaultInjection(Builder builder) {
        this.wanted = builder.wanted;
        this.seed = builder.seed;
        this.leastDelay = builder.leastDelay;
        this.mostDelay = builder.mostDelay;
        this.lostAfter = builder.lostAfter;
        this.error = builder.error;
        this.rates = builder.rates;
        for (Fault fault : Fault.values()) {
            Tags tags = Tags.of("fault", FaultRates.name(fault));
            counts.put(fault, meters.counter("kawarau.faults", "faults that were injected", tags));
        }
        meters.gauge("kawarau.faults.on", "1 while faults are injected", Tags.empty(), () -> on ? 1 : 0);
    }

    /** Without a fault as yet, with more to be said. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Delays every request by a time between two, all equally likely.
     *
     * @throws IllegalArgumentException unless 0 &lt;= least &lt;= most &lt;= 1 hour
     */
    public static FaultInjection delay(Duration least, Duration most) {
        return builder()
                .delay(1, least, most)
                .when(request -> !request.query().isBlocking())
                .build();
    }

    /** Whether faults are injected now; any thread. */
    public boolean isOn() {
        return on;
    }

    /** Injects faults from now on, as it does in the beginning; any thread. */
    public void on() {
        turn(true);
    }

    /** Injects none from now on; what waits already waits until its time has come. Any thread. */
    public void off() {
        turn(false);
    }

    private void turn(boolean to) {
        on = to;
        log.info("{} is {}", this, to ? "on" : "off");
    }

    /** How many of the requests have a fault: from 0 to 1. */
    public double rate(Fault fault) {
        return rates.of(fault);
    }

    /**
     * Sets another rate from now on; any thread.
     *
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public synchronized void rate(Fault fault, double rate) {
        rates = rates.with(fault, rate);
        log.info("from now on {}", this);
    }

    /** How many requests have met a fault; any thread. */
    public long count(Fault fault) {
        return counter(fault).sum();
    }

    private LongAdder counter(Fault fault) {
        return Objects.requireNonNull(counts.get(fault));
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
        log.info("chain \"{}\" has faults: {}", context.chain(), this);
    }

    // --- requests

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        Fate.Series series = series(session);
        Fate fate = on && wanted.test(request) ? series.next(rates) : series.skip();
        boolean stands = session.isOrdered() && WaitingLine.find(session, this) != null;
        if (!fate.isDelayed() && !stands) {
            return meet(fate, request, next);
        }
        long delay = 0;
        if (fate.isDelayed()) {
            counter(Fault.DELAY).increment();
            delay = leastDelay + (long) (fate.share() * (mostDelay - leastDelay));
        }
        TimedWaiter delayed = new TimedWaiter(request, next, delay) {
            @Override
            void due() {
                go();
            }

            @Override
            Reply send(Chain rest, Message delayed) {
                return meet(fate, delayed, rest);
            }
        };
        WaitingLine.join(session.isOrdered() ? this : delayed, delayed);
        return delayed.reply();
    }

    /** Not while something waits that the session's next requests must not overtake. */
    @Override
    public boolean leave(Session session) {
        return !session.isOrdered() || WaitingLine.find(session, this) == null;
    }

    private Fate.Series series(Session session) {
        Map<Object, Fate.Series> all = session.get(SERIES);
        if (all == null) {
            all = new WeakHashMap<>(2);
            session.set(SERIES, all);
        }
        Fate.Series series = all.get(this);
        if (series == null) {
            series = new Fate.Series(seed, sessions.getAndIncrement());
            all.put(this, series);
        }
        return series;
    }

    private Reply meet(Fate fate, Message request, Chain next) {
        Fault fault = fate.fault();
        if (fault == null) {
            return next.send(request);
        }
        boolean leavesDoubt = fault != Fault.ERROR && changesState(request.query());
        counter(leavesDoubt ? Fault.DISCONNECT : fault).increment();
        return switch (fault) {
            case DELAY -> throw new AssertionError("a delay comes before any other fault");
            case ERROR -> Reply.failed(error);
            case DISCONNECT -> fate.isLate() ? cutWhenAnswered(request, next) : cut(request);
            case LOST_REQUEST -> leavesDoubt ? cut(request) : lost(request, next);
            case LOST_REPLY -> leavesDoubt ? cutWhenAnswered(request, next) : lostOnItsWayBack(request, next);
        };
    }

    private static boolean changesState(Query query) {
        return query.kind() == Query.Kind.SESSION || query.kind() == Query.Kind.PUBSUB || query.isInTransaction();
    }

    private static Reply cut(Message request) {
        request.session().abort();
        return Reply.failed(new Failure(Failure.Kind.UNAVAILABLE, "the client's connection was cut"));
    }

    private static Reply cutWhenAnswered(Message request, Chain next) {
        Promise reply = new Promise();
        next.send(request).whenDone((response, failure) -> {
            request.session().abort();
            reply.fail(new Failure(Failure.Kind.UNAVAILABLE, "the client's connection was cut", true, null));
        });
        return reply;
    }

    private Reply lostOnItsWayBack(Message request, Chain next) {
        // The exchange may end while somebody further down still holds the request.
        request.retain();
        next.send(request).whenDone((response, failure) -> request.release());
        return lost(request, next);
    }

    /** Waits for a reply that never comes, in a line of its own, which ends with the session. */
    private Reply lost(Message request, Chain next) {
        boolean reads = request.query().kind() == Query.Kind.READ;
        String words = "no reply within " + TimeUnit.NANOSECONDS.toMillis(lostAfter) + " ms; the request "
                + (reads ? "changed nothing" : "may have been applied");
        TimedWaiter lost = new TimedWaiter(request, next, lostAfter) {
            @Override
            void due() {
                refuse(new Failure(Failure.Kind.TIMEOUT, words, !reads, null));
            }
        };
        WaitingLine.join(lost, lost);
        return lost.reply();
    }

    @Override
    public String toString() {
        return "FaultInjection of seed " + seed + ", " + rates;
    }

    /** What a FaultInjection may be told. */
    public static final class Builder {
        private FaultRates rates = FaultRates.NONE;
        private long leastDelay = TimeUnit.MILLISECONDS.toNanos(1);
        private long mostDelay = TimeUnit.MILLISECONDS.toNanos(100);
        private long lostAfter = TimeUnit.SECONDS.toNanos(10);
        private Failure error = new Failure(Failure.Kind.UNAVAILABLE, "a fault was injected; the request was not sent");
        private long seed = new SplittableRandom().nextLong();
        private Predicate<? super Message> wanted = request -> mayHarm(request.query());

        private Builder() {}

        private static boolean mayHarm(Query query) {
            Query.Kind kind = query.kind();
            return kind != Query.Kind.SESSION && kind != Query.Kind.PUBSUB && !query.isBlocking();
        }

        private Builder rate(Fault fault, double rate) {
            rates = rates.with(fault, rate);
            return this;
        }

        /**
         * How many requests are {@linkplain Fault#DELAY delayed}, by a time between two, all equally likely.
         *
         * @param rate from 0 to 1
         * @throws IllegalArgumentException unless 0 &lt;= least &lt;= most &lt;= 1 hour
         */
        public Builder delay(double rate, Duration least, Duration most) {
            if (least.isNegative() || least.compareTo(most) > 0 || most.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        "a delay is of up to an hour, the longest at least as long as the shortest, not of " + least
                                + " to " + most);
            }
            leastDelay = least.toNanos();
            mostDelay = most.toNanos();
            return rate(Fault.DELAY, rate);
        }

        /**
         * How many requests fail, and how.
         *
         * @param rate from 0 to 1
         */
        public Builder error(double rate, Failure failure) {
            error = Objects.requireNonNull(failure, "failure");
            return rate(Fault.ERROR, rate);
        }

        /** How many requests are {@linkplain Fault#LOST_REQUEST lost}: from 0 to 1. */
        public Builder loseRequests(double rate) {
            return rate(Fault.LOST_REQUEST, rate);
        }

        /** The replies of how many requests are {@linkplain Fault#LOST_REPLY lost}: from 0 to 1. */
        public Builder loseReplies(double rate) {
            return rate(Fault.LOST_REPLY, rate);
        }

        /**
         * When the client of a request that was lost, or whose reply was, is told that there is none; by default after 10
         * seconds, as for a server that says nothing.
         *
         * @throws IllegalArgumentException if it is not at least a millisecond and at most a day
         */
        public Builder lostAfter(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "a request is given up after at least a millisecond and at most a day, not " + time);
            }
            lostAfter = time.toNanos();
            return this;
        }

        /** How many requests cost their client its {@linkplain Fault#DISCONNECT connection}: from 0 to 1. */
        public Builder disconnect(double rate) {
            return rate(Fault.DISCONNECT, rate);
        }

        /** Which requests faults are for, instead of all but those that change a session's state or wait. */
        public Builder when(Predicate<? super Message> requests) {
            wanted = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /** What chance begins with, instead of something else in each process. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** The transform. */
        public FaultInjection build() {
            return new FaultInjection(this);
        }
    }
}
