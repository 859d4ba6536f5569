package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain with several that are alike, and spreads over them what comes.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders").to(LoadBalance.over(a, b, c));  // each client at one of them
 * LoadBalance.to(a, b, c).by(LoadBalance.Policy.LEAST_IN_FLIGHT).build()
 * }</pre>
 *
 * <p>Every session has a home, which is the chain with the fewest requests under way when it first sends something. By
 * default all that it sends goes there. With another {@link Policy} that holds for what is about the session, as the package
 * says, and requests for data are spread: then those of one session may overtake one another, and where the chains do not lead
 * to the same data, a client may not find what it has written.
 *
 * <p><b>Failure.</b> Nothing is sent twice. A chain that fails several times in a row, being unavailable or silent for too long,
 * is spared for a while, which doubles each time that it fails again at once; unless all are spared, for then none is. A
 * session whose home is spared moves to another if its home lets it go (see {@link Chain#leave}): one with a transaction, a
 * subscription or credentials of its own stays.
 *
 * <p><b>Cost.</b> Two atomic updates and a callback for each request; with {@link Policy#KEY} a hash of the key for each chain.
 * <b>Protocols.</b> All; the chains must speak the same one. Counts {@code kawarau.balance.requests} and {@code .ejections},
 * and shows {@code .inflight}, for each chain by its number. Thread-safe.
 */
public final class LoadBalance implements Chain {
    private static final String NAME = "LoadBalance";

    /** Which chain a request for data goes to. */
    public enum Policy {
        /** The home of its session. */
        SESSION,
        /** One after the other, in turn. */
        ROUND_ROBIN,
        /** That with the fewest requests under way. */
        LEAST_IN_FLIGHT,
        /** Of two that are drawn by chance, that with fewer requests under way. */
        TWO_CHOICES,
        /**
         * Always the same for the same key, the first that the request names; without a key, the home. If a chain is added
         * at the end, only the keys that it takes over move.
         */
        KEY
    }

    private final Policy policy;
    private final Branches branches;
    private final List<Target> targets;
    private final Runnable hideMeters;
    private final AtomicInteger turn = new AtomicInteger();
    private final Session.Key<Integer> home = Session.Key.named("home at a LoadBalance");

    private LoadBalance(Builder builder) {
        this.policy = builder.policy;
        this.branches = Branches.of(NAME, builder.chains);
        SharedMeters meters = new SharedMeters();
        List<Target> made = new ArrayList<>();
        for (int i = 0; i < branches.count(); i++) {
            made.add(new Target(
                    meters,
                    Tags.of("target", Integer.toString(i)),
                    builder.failures,
                    builder.firstPause.toNanos(),
                    builder.longestPause.toNanos()));
        }
        this.targets = List.copyOf(made);
        this.hideMeters = meters.show(
                builder.meters == null ? Metrics.globalRegistry : builder.meters, Tags.of("balance", builder.name));
    }

    /** Spreads sessions over chains. */
    public static LoadBalance over(Chain... chains) {
        return to(chains).build();
    }

    /** Begins one with more to be said. */
    public static Builder to(Chain... chains) {
        return new Builder(List.of(chains));
    }

    @Override
    public Reply send(Message request) {
        if (!request.hasSession()) {
            return sendTo(least(all -> true), request, false);
        }
        if (policy == Policy.SESSION) {
            return sendTo(home(request.session()), request, false);
        }
        boolean isState = Branches.isState(request.query());
        return sendTo(isState ? home(request.session()) : choose(request), request, isState);
    }

    private Reply sendTo(int target, Message request, boolean isState) {
        return targets.get(target)
                .send(request, () -> isState ? branches.sendState(request, target) : branches.send(request, target));
    }

    private int home(Session session) {
        Integer known = session.get(home);
        long now = session.nanoTime();
        if (known != null && (!targets.get(known).isEjected(now) || areAllEjected(now) || !mayMove(session, known))) {
            return known;
        }
        int chosen = least(usable(now));
        session.set(home, chosen);
        return chosen;
    }

    /** What each chain was told of the session it still knows, unless all of it went home. */
    private boolean mayMove(Session session, int from) {
        return branches.leave(session, from);
    }

    private int choose(Message request) {
        IntPredicate usable = usable(request.session().nanoTime());
        return switch (policy) {
            case SESSION -> home(request.session());
            case ROUND_ROBIN -> nth(usable, turn.getAndIncrement());
            case LEAST_IN_FLIGHT -> least(usable);
            case TWO_CHOICES -> {
                long chance = Placement.mix(turn.getAndIncrement());
                int first = nth(usable, (int) chance);
                int second = nth(usable, (int) (chance >>> 32));
                yield targets.get(second).inFlight() < targets.get(first).inFlight() ? second : first;
            }
            case KEY -> byKey(request, usable);
        };
    }

    private IntPredicate usable(long now) {
        return areAllEjected(now) ? all -> true : target -> !targets.get(target).isEjected(now);
    }

    private boolean areAllEjected(long now) {
        return targets.stream().allMatch(target -> target.isEjected(now));
    }

    private int nth(IntPredicate usable, int number) {
        int[] those = IntStream.range(0, targets.size()).filter(usable).toArray();
        return those[Integer.remainderUnsigned(number, those.length)];
    }

    /** The first after the one that was first the last time, so that all get something while nothing is under way. */
    private int least(IntPredicate usable) {
        int offset = Integer.remainderUnsigned(turn.getAndIncrement(), targets.size());
        int best = -1;
        for (int i = 0; i < targets.size(); i++) {
            int target = (offset + i) % targets.size();
            if (usable.test(target)
                    && (best < 0
                            || targets.get(target).inFlight()
                                    < targets.get(best).inFlight())) {
                best = target;
            }
        }
        return best;
    }

    private int byKey(Message request, IntPredicate usable) {
        List<ByteBuf> keys = request.query().keys();
        return keys.isEmpty() ? home(request.session()) : Placement.of(keys.get(0), targets.size(), usable);
    }

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        Integer at = session.get(home);
        return at == null ? push : branches.chain(at).onPush(session, push);
    }

    @Override
    public boolean leave(Session session) {
        if (!branches.leave(session)) {
            return false;
        }
        session.set(home, null);
        return true;
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
                NAME + " by " + policy,
                IntStream.range(0, targets.size()).mapToObj(Integer::toString).toList());
    }

    /** Settings of a {@link LoadBalance}. Not thread-safe. */
    public static final class Builder {
        private final List<Chain> chains;
        private Policy policy = Policy.SESSION;
        private int failures = 5;
        private Duration firstPause = Duration.ofSeconds(1);
        private Duration longestPause = Duration.ofMinutes(1);
        private @Nullable MeterRegistry meters;
        private String name = "balance";

        private Builder(List<Chain> chains) {
            this.chains = chains;
        }

        /** How requests for data are spread; by {@link Policy#SESSION} if not set. */
        public Builder by(Policy how) {
            this.policy = Objects.requireNonNull(how, "policy");
            return this;
        }

        /**
         * When a chain is spared, and for how long; after 5 failures in a row, for a second at first and a minute at most, if
         * not set.
         */
        public Builder eject(int failuresInARow, Duration first, Duration longest) {
            if (failuresInARow < 1) {
                throw new IllegalArgumentException(
                        "LoadBalance: a chain is spared after at least one failure, not " + failuresInARow);
            }
            if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
                throw new IllegalArgumentException(
                        "LoadBalance: a chain is spared for longer than nothing, and the longest"
                                + " time is no shorter than the first, not " + first + " and " + longest);
            }
            if (longest.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        "LoadBalance: a chain is spared for an hour at most, not " + longest);
            }
            this.failures = failuresInARow;
            this.firstPause = first;
            this.longestPause = longest;
            return this;
        }

        /** What metrics call it; {@code balance} if not set. */
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
        public LoadBalance build() {
            return new LoadBalance(this);
        }
    }
}
