package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain with several copies of one chain, and deals the requests of each session over them, so that one session has them
 * all at work at once.
 *
 * <pre>{@code
 * Chain copy(int number) {
 *     return Chain.named("copy " + number).then(Transform.blocking(threads, new Decrypt())).to(redis);
 * }
 *
 * Chain orders = Chain.named("orders").to(ParallelMap.over(copy(0), copy(1), copy(2), copy(3)));
 * }</pre>
 *
 * <p><b>When it pays:</b> where a chain takes the requests of a session one after the other, as {@link
 * dev.kawarau.Transform#blocking} does, and as one connection of a session does where sinks are transparent, and a client
 * pipelines. A sink that shares its connections has all requests of a session under way by itself, and gains nothing. The
 * copies must lead to the same data; where they do not, see {@link LoadBalance} and {@link Route}.
 *
 * <p><b>Order.</b> Requests for the same key go to the same copy, in their order. Where a client may count on the order of what
 * it sends ({@link Session#isOrdered}, in RESP), whatever else there is waits for all before it that other copies are at, and
 * holds up what comes behind it for other copies: requests without a key, those with keys of several copies or of which not all
 * are known, those that may block, and what is about the session. So a client finds what it would find without the copies.
 * Others (CQL) count on no order: nothing waits, requests without a key go to the copies in turn, and those of several keys to
 * the copy of the first.
 *
 * <p><b>State of a session</b> is kept as the package says. Its home is one of the copies, which the number of the session tells.
 *
 * <p><b>Failure.</b> Nothing is sent twice, and no copy is spared: what one fails with is the client's answer. A request that
 * is never answered holds up its session, so the copies need timeouts, as sinks have.
 *
 * <p><b>Cost.</b> For each request a hash of its key for each copy, and a callback. What waits counts towards what its client
 * may have under way. <b>Protocols.</b> All; the chains must speak the same one, and are closed by whoever made them. Counts
 * {@code kawarau.parallel.requests} by target, a number, and {@code kawarau.parallel.waited}. Thread-safe.
 */
public final class ParallelMap implements Chain {
    private static final String NAME = "ParallelMap";

    private final Branches branches;
    private final List<LongAdder> requests = new ArrayList<>();
    private final LongAdder waited;
    private final Runnable hideMeters;
    private final AtomicInteger turn = new AtomicInteger();
    private final Session.Key<CopyOrder> orders = Session.Key.named("order of a session at a ParallelMap");

    private ParallelMap(Builder builder) {
        this.branches = Branches.of(NAME, builder.chains);
        SharedMeters meters = new SharedMeters();
        for (int i = 0; i < branches.count(); i++) {
            requests.add(meters.counter(
                    "kawarau.parallel.requests",
                    "requests that a ParallelMap sent to a copy",
                    Tags.of("target", Integer.toString(i))));
        }
        this.waited = meters.counter(
                "kawarau.parallel.waited", "requests that waited at a ParallelMap for others of their session");
        this.hideMeters = meters.show(
                builder.meters == null ? Metrics.globalRegistry : builder.meters, Tags.of("parallel", builder.name));
    }

    /** Deals the requests of each session over copies of a chain. */
    public static ParallelMap over(Chain... copies) {
        return to(copies).build();
    }

    /** Begins one with more to be said. */
    public static Builder to(Chain... copies) {
        return new Builder(List.of(copies));
    }

    @Override
    public Reply send(Message request) {
        if (!request.hasSession()) {
            return branches.send(request, inTurn());
        }
        try {
            Session session = request.session();
            Query query = request.query();
            boolean isState = Branches.isState(query);
            int home = (int) (session.id() % branches.count());
            if (!session.isOrdered()) {
                return go(request, isState ? home : first(query), isState);
            }
            int only = isState ? -1 : only(query);
            boolean isAlone = only < 0 || query.isBlocking();
            return order(session).send(request, only < 0 ? home : only, isAlone, isState);
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    /** Sends a request to a copy now. */
    Reply go(Message request, int copy, boolean isState) {
        requests.get(copy).increment();
        return isState ? branches.sendState(request, copy) : branches.send(request, copy);
    }

    /** The copy of the first key, or any. */
    private int first(Query query) {
        List<ByteBuf> keys = query.keys();
        return keys.isEmpty() ? inTurn() : copy(keys.get(0));
    }

    /** The copy of all keys; -1 if they are of several, or none or not all are known. */
    private int only(Query query) {
        if (!query.keysKnown()) {
            return -1;
        }
        int only = -1;
        for (ByteBuf key : query.keys()) {
            int copy = copy(key);
            if (only >= 0 && only != copy) {
                return -1;
            }
            only = copy;
        }
        return only;
    }

    private int copy(ByteBuf key) {
        return Placement.of(key, branches.count(), all -> true);
    }

    private int inTurn() {
        return Integer.remainderUnsigned(turn.getAndIncrement(), branches.count());
    }

    private CopyOrder order(Session session) {
        CopyOrder order = session.get(orders);
        if (order == null) {
            order = new CopyOrder(this, branches.count(), waited);
            session.set(orders, order);
        }
        return order;
    }

    /** What comes unasked comes from a session's home, where its subscriptions are. */
    @Override
    public @Nullable Message onPush(Session session, Message push) {
        return branches.chain((int) (session.id() % branches.count())).onPush(session, push);
    }

    @Override
    public boolean leave(Session session) {
        CopyOrder order = session.get(orders);
        if (order != null && !order.isIdle()) {
            return false;
        }
        return branches.leave(session);
    }

    @Override
    public @Nullable String protocol() {
        return branches.protocol();
    }

    /** Removes its metrics. The chains stay open. */
    @Override
    public void close() {
        hideMeters.run();
    }

    @Override
    public String toString() {
        return branches.print(
                NAME,
                IntStream.range(0, branches.count()).mapToObj(Integer::toString).toList());
    }

    /** Settings of a {@link ParallelMap}. Not thread-safe. */
    public static final class Builder {
        private final List<Chain> chains;
        private @Nullable MeterRegistry meters;
        private String name = "parallel";

        private Builder(List<Chain> chains) {
            this.chains = chains;
        }

        /** What metrics call it; {@code parallel} if not set. */
        public Builder named(String shown) {
            this.name = Objects.requireNonNull(shown, "name");
            return this;
        }

        /** Where metrics go; Micrometer's global registry if not set. */
        public Builder metrics(MeterRegistry registry) {
            this.meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /**
         * The end of a chain.
         *
         * @throws IllegalArgumentException if there are no chains, or if they speak different protocols
         */
        public ParallelMap build() {
            return new ParallelMap(this);
        }
    }
}
