package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Fails a request that has no reply after so long.
 *
 * <pre>{@code
 * Timeout.after(Duration.ofMillis(500))
 * Timeout.to(Duration.ofSeconds(2)).of(Query.Kind.READ, Duration.ofMillis(200)).build()
 * Timeout.by(request -> request.query().namespace().equals("logs.events") ? Duration.ofSeconds(5) : null)
 * }</pre>
 *
 * <p><b>What the client gets</b> is the native error for {@link Failure.Kind#TIMEOUT}, in its place in the order of its
 * replies: {@code -ERR} for Redis clients, a read or write timeout for CQL drivers. The request may have been carried out,
 * or may be yet ({@link Failure#maybeApplied()}): a timeout takes nothing back. The late reply is dropped, its memory
 * released.
 *
 * <p><b>Behind it</b> nothing is told. The request keeps its place on its connection to the server, which stays open: to
 * Redis, whose replies come in order, what follows on that connection waits behind the slow one as it would without a
 * proxy, and may time out too; to Cassandra only the stream id is taken for longer. A server that says nothing at all is the
 * sink's matter, which ends the connection. In a Redis transaction a request that timed out spoils its EXEC, unless that was
 * on its way already.
 *
 * <p><b>What has no timeout.</b> By default what the database lets wait ({@link Query#isBlocking()}, such as BLPOP), and
 * requests of {@link Query.Kind#SESSION} and {@link Query.Kind#PUBSUB}: after a SELECT that timed out neither client nor
 * proxy would know which database comes next. The timeouts of the sink end those. Also not what an earlier transform keeps
 * waiting: the time is that from here to the database and back.
 *
 * <p><b>Cost.</b> One object and one callback for each request that is not answered at once, and one timer for each event
 * loop and length of time. <b>Protocols.</b> All. Thread-safe.
 */
public final class Timeout implements Transform {
    private final Function<? super Message, @Nullable Duration> limits;
    private final String text;
    private final LoopLocal<Map<Long, Deadlines>> deadlines = new LoopLocal<>(loop -> new HashMap<>(4));
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder expired = meters.counter("kawarau.timeout.expired", "requests that a Timeout failed");
    private final LongAdder late =
            meters.counter("kawarau.timeout.late", "replies that came after a Timeout had failed their requests");

    private Timeout(Function<? super Message, @Nullable Duration> limits, String text) {
        this.limits = limits;
        this.text = text;
    }

    /**
     * The same time for all requests but those that have none by default.
     *
     * @throws IllegalArgumentException if it is not at least a millisecond and at most a day
     */
    public static Timeout after(Duration time) {
        return to(time).build();
    }

    /**
     * The time that a function tells; for all requests, also those that have none by default.
     *
     * @param limits null for a request that has none; less than a millisecond counts as one. Called on event loops, on
     *     several at once
     */
    public static Timeout by(Function<? super Message, @Nullable Duration> limits) {
        return new Timeout(Objects.requireNonNull(limits, "limits"), "Timeout by a function");
    }

    /** So long for all requests, with more to be said. */
    public static Builder to(Duration time) {
        return new Builder(time);
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Duration limit = limits.apply(request);
        Reply reply = next.send(request);
        if (limit == null || reply.isDone()) {
            return reply;
        }
        long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), limit.toNanos());
        Timed timed = new Timed(request, nanos);
        reply.whenDone(timed::replied);
        if (!timed.isDone()) {
            Deadlines.add(deadlines.get(timed.session.loop()), nanos, timed);
        }
        return timed;
    }

    private final class Timed extends Deadlines.Entry {
        private final Message request;
        private final long nanos;

        Timed(Message request, long nanos) {
            super(request.session());
            this.request = request;
            this.nanos = nanos;
        }

        @Override
        void expire() {
            expired.increment();
            // The exchange may end now, while somebody further down still holds the request.
            request.retain();
            boolean reads = request.query().kind() == Query.Kind.READ;
            fail(new Failure(
                    Failure.Kind.TIMEOUT,
                    "no reply within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms"
                            + (reads ? "" : "; the request may have been applied, or may be yet"),
                    true,
                    null));
        }

        void replied(@Nullable Message response, @Nullable Throwable failure) {
            if (isDone()) {
                late.increment();
                request.release();
                return;
            }
            end();
            if (response != null) {
                complete(response);
            } else if (failure != null) {
                fail(failure);
            }
        }
    }

    @Override
    public String toString() {
        return text;
    }

    /** What a Timeout may be told. */
    public static final class Builder {
        private final Duration usual;
        private final Map<Query.Kind, Duration> byKind = new EnumMap<>(Query.Kind.class);
        private Predicate<? super Message> exempt = request -> hasNone(request.query());

        private Builder(Duration usual) {
            this.usual = checked(usual);
        }

        private static Duration checked(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "a Timeout is of at least a millisecond and at most a day, not " + time);
            }
            return time;
        }

        private static boolean hasNone(Query query) {
            Query.Kind kind = query.kind();
            return kind == Query.Kind.SESSION || kind == Query.Kind.PUBSUB || query.isBlocking();
        }

        /** Another time for what does this. */
        public Builder of(Query.Kind kind, Duration time) {
            byKind.put(kind, checked(time));
            return this;
        }

        /** Which requests have no timeout, instead of those that block and those of kind SESSION and PUBSUB. */
        public Builder exempt(Predicate<? super Message> requests) {
            exempt = Objects.requireNonNull(requests, "requests");
            return this;
        }

        /** The transform. */
        public Timeout build() {
            Map<Query.Kind, Duration> times = new EnumMap<>(byKind);
            Predicate<? super Message> none = exempt;
            Function<Message, @Nullable Duration> limits = request -> none.test(request)
                    ? null
                    : times.getOrDefault(request.query().kind(), usual);
            return new Timeout(limits, "Timeout after " + usual + (times.isEmpty() ? "" : ", " + times));
        }
    }
}
