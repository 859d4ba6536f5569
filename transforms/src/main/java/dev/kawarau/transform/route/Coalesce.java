package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Holds requests until so many of them are together, or for so long, and then sends them on in one turn of the event loop, so
 * that a sink writes them to the server at once. Works for every protocol.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders").then(Coalesce.of(64, Duration.ofNanos(200_000))).to(redis);
 * }</pre>
 *
 * <p><b>Whose requests.</b> Those of all clients of an event loop together, since the sinks' connections are the loop's too.
 *
 * <p><b>What is held</b> are reads and writes, and of these what {@link Builder#when} accepts. Everything else (what concerns
 * the session, transactions, subscriptions, what may block, administration, unknown commands) is not held: if its session has
 * something here, that is sent on first, and all that is with it. So no session's requests change their order, and none waits
 * longer than the time. When a client hangs up, or is to go to another chain, what it has here is sent on.
 *
 * <p><b>Cost.</b> Latency: a client that waits for each reply before it sends the next request pays the whole time for each,
 * unless other clients of the loop fill the batch. One object for each request, and one timer for each loop.
 *
 * <p><b>It seldom pays,</b> since sinks write what one turn of the loop brings together without it, which is the more the busier
 * the loop is. Measured in front of a Redis on the same machine, with {@code Coalesce.of(16, 100 us)} and without: of 16 clients
 * that wait for each reply a write to Redis has 15 requests instead of 5, for which Redis takes 12% less CPU for each, and the
 * clients get a third less done and wait twice as long; of 50 clients a write has 20 with it and without, of pipelines of 16 it
 * has 315. One client alone waits for 280 us instead of 100. So it is for servers to which each write is dear, and many clients
 * that send little each; look at {@code kawarau.coalesce.batches}, and measure. The benchmarks have {@code CoalesceEndToEnd}.
 *
 * <p>One object may be part of several chains and holds their requests together. Thread-safe.
 */
public final class Coalesce implements Transform {
    /** Why a batch was sent on. */
    enum Cause {
        /** It had as many requests as it may. */
        COUNT,
        /** It had as many bytes as it may. */
        BYTES,
        /** Its first request had waited for as long as it may. */
        TIME,
        /** A request came that is not held, or a session left. */
        ORDER
    }

    final int mostRequests;
    final long mostBytes;
    final long nanos;
    private final Predicate<? super Message> when;
    private final LoopLocal<CoalescedBatch> batches = new LoopLocal<>(loop -> new CoalescedBatch(this, loop));
    private final Session.Key<CoalescedBatch.Member> key = Session.Key.named("coalesce");
    private final SharedMeters meters = new SharedMeters();
    private final Map<Cause, LongAdder> sent = new EnumMap<>(Cause.class);
    private final LongAdder requests =
            meters.counter("kawarau.coalesce.requests", "requests in the batches of a Coalesce");

    private Coalesce(Builder builder) {
        this.mostRequests = builder.requests;
        this.mostBytes = builder.bytes;
        this.nanos = builder.longest.toNanos();
        this.when = builder.when;
        for (Cause cause : Cause.values()) {
            Tags tags = Tags.of("by", cause.name().toLowerCase(Locale.ROOT));
            sent.put(cause, meters.counter("kawarau.coalesce.batches", "batches that a Coalesce sent on", tags));
        }
    }

    /**
     * Holds up to so many requests, for up to so long.
     *
     * @throws IllegalArgumentException unless it is 2 to 100,000 requests, and a microsecond to a second
     */
    public static Coalesce of(int requests, Duration longest) {
        return to(requests, longest).build();
    }

    /** As {@link #of}, with more to be said. */
    public static Builder to(int requests, Duration longest) {
        return new Builder(requests, longest);
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        CoalescedBatch.Member member = session.get(key);
        if (!isHeld(request) || (member != null && member.isLast())) {
            return member == null ? next.send(request) : member.pass(request, next);
        }
        return (member == null ? join(session) : member).hold(request, next);
    }

    private boolean isHeld(Message request) {
        Query query = request.query();
        boolean data = switch (query.kind()) {
            case READ, WRITE, READ_WRITE -> true;
            case SCHEMA, PUBSUB, SESSION, ADMIN, OTHER -> false;
        };
        return data
                && !query.isBlocking()
                && !query.isInTransaction()
                && !query.joinsTransaction()
                && when.test(request);
    }

    private CoalescedBatch.Member join(Session session) {
        CoalescedBatch.Member member = batches.get(session.loop()).join();
        session.set(key, member);
        session.onHangUp(member::hungUp);
        return member;
    }

    /** Sends on what the session has here. */
    @Override
    public boolean leave(Session session) {
        CoalescedBatch.Member member = session.get(key);
        return member == null || member.leave();
    }

    void sent(Cause cause, int count) {
        Objects.requireNonNull(sent.get(cause)).increment();
        requests.add(count);
    }

    @Override
    public String toString() {
        return "Coalesce of up to " + mostRequests + " requests within " + Duration.ofNanos(nanos);
    }

    /** Settings of a {@link Coalesce}. Not thread-safe. */
    public static final class Builder {
        private final int requests;
        private final Duration longest;
        private long bytes = 1 << 20;
        private Predicate<? super Message> when = request -> true;

        private Builder(int requests, Duration longest) {
            if (requests < 2 || requests > 100_000) {
                throw new IllegalArgumentException(
                        "a Coalesce holds 2 to 100,000 requests of an event loop, not " + requests);
            }
            if (longest.compareTo(Duration.ofNanos(1_000)) < 0 || longest.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException(
                        "a Coalesce holds requests for a microsecond to a second, not " + longest);
            }
            this.requests = requests;
            this.longest = longest;
        }

        /** How many bytes of requests an event loop may hold; 1 MiB if not set. What reaches them is sent on. */
        public Builder bytes(long most) {
            if (most < 1) {
                throw new IllegalArgumentException("a Coalesce holds at least one byte, not " + most);
            }
            this.bytes = most;
            return this;
        }

        /** Holds only those reads and writes that a predicate accepts. Called on event loops. */
        public Builder when(Predicate<? super Message> predicate) {
            this.when = Objects.requireNonNull(predicate, "predicate");
            return this;
        }

        /** The transform. */
        public Coalesce build() {
            return new Coalesce(this);
        }
    }
}
