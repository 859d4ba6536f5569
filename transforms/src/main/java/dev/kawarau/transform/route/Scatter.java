package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain with several others, sends each request to all that a function names at once, and makes one response of theirs.
 *
 * <pre>{@code
 * Scatter scatter = Scatter.toAll()
 *         .to("eu", eu)            // the first is the home of every session
 *         .to("us", us)
 *         .collate(Query.Kind.READ, Collate.fastest())
 *         .build();                // writes are for both, reads are hedged
 * Chain orders = Chain.named("orders").to(scatter);
 *
 * Scatter.by(request -> isOrder(request) ? List.of("new", "old") : List.of("old")).to("old", old).to("new", fresh).build();
 * }</pre>
 *
 * <p><b>The response</b> is what a {@link Collate} makes of the answers. If not said otherwise it is {@link Collate#first()} for
 * requests of kind READ, and {@link Collate#all()} for all others. Where one chain is named, its answer is the answer. A
 * chain that is named twice is sent the request once; an unknown name, or none at all, fails the request, and it is sent to
 * nobody. A PREPARE in CQL is answered by whichever chain comes first and can; the others prepare when it is carried out.
 *
 * <p><b>Failure.</b> Nothing is sent twice, and nothing is taken back: what some chains did and others did not stays so, and
 * the {@link Collate} decides whether the client learns of it. There is one time for all, 10 seconds if not set: a chain that
 * is silent for longer counts as failed, and the rest are collated. Answers that nobody waits for any more are released when
 * they come, and a chain that owes too many is passed over until it answers ({@link Builder#maxLateBytes}); to keep databases
 * equal under all that, see {@code TunableConsistency}.
 *
 * <p><b>State of a session</b> is kept as the package says; its home is the chain that was named first, and what goes there
 * alone has no timeout here. Commands that nobody knows go where the function says. So does what is in a transaction, if that
 * is the home alone; else it is refused, and the transaction with it, lest it be carried out at one place instead of several.
 * A command that may block, such as BLPOP, can be sent to one chain, and is refused for several.
 *
 * <p>Each chain gets the requests of a session in their order. After {@link Collate#first()} and {@link Collate#fastest()}
 * others may still be at work. A session that one of them is still at work for may stay on a chain that is no longer served until
 * its next request.
 *
 * <p><b>Cost.</b> For each request the function, a few objects for each chain that it names, and a timer; for the databases as
 * many requests. <b>Protocols.</b> All; the chains must speak the same one. Counts {@code kawarau.scatter.requests}, {@code
 * .failures}, {@code .late} and {@code .skipped} by target. Thread-safe.
 */
public final class Scatter implements Chain {
    private static final String NAME = "Scatter";
    private static final int HOME = 0;

    private final @Nullable Function<? super Message, ? extends Collection<String>> by;
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final int[] all;
    private final Branches branches;
    private final List<ScatterTarget> targets = new ArrayList<>();
    private final Map<Query.Kind, Collate> collates;
    private final @Nullable Collate usual;
    private final long timeoutNanos;
    private final long maxLateBytes;
    private final LoopLocal<long[]> owed;
    private final Runnable hideMeters;

    private Scatter(Builder builder) {
        this.by = builder.by;
        this.branches = Branches.of(NAME, List.copyOf(builder.chains.values()));
        this.collates = new EnumMap<>(builder.collates);
        this.usual = builder.usual;
        this.timeoutNanos = builder.timeout.toNanos();
        this.maxLateBytes = builder.lateBytes;
        SharedMeters meters = new SharedMeters();
        builder.chains.keySet().forEach(target -> {
            indexes.put(target, indexes.size());
            targets.add(new ScatterTarget(meters, target));
        });
        this.hideMeters = meters.show(
                builder.meters == null ? Metrics.globalRegistry : builder.meters, Tags.of("scatter", builder.name));
        int count = branches.count();
        this.all = new int[count];
        for (int i = 0; i < count; i++) {
            all[i] = i;
        }
        this.owed = new LoopLocal<>(loop -> new long[count]);
    }

    /** Begins one that sends each request to all chains, in the order in which they are added. */
    public static Builder toAll() {
        return new Builder(null);
    }

    /**
     * Begins one whose function says where each request goes.
     *
     * @param function names the chains for a request, in the order that {@link Collate} knows them in; called on the session's
     *     event loop, and must not block
     */
    public static Builder by(Function<? super Message, ? extends Collection<String>> function) {
        return new Builder(Objects.requireNonNull(function, "function"));
    }

    @Override
    public Reply send(Message request) {
        try {
            Query query = request.query();
            if (isAboutSession(query)) {
                return sendHome(request);
            }
            int[] named = named(request);
            if (query.isInTransaction()) {
                return named.length == 1 && named[0] == HOME ? sendHome(request) : Reply.failed(onlyHome(query));
            }
            if (query.isBlocking()) {
                return named.length == 1 ? sendAlone(request, named[0]) : Reply.failed(blocks(query));
            }
            return new Scattered(this, request, named, collate(query, named.length), owed(request)).start();
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    /** Unlike {@link Branches#isState}, not what nobody knows: what is at home alone would be missed elsewhere. */
    private static boolean isAboutSession(Query query) {
        return switch (query.kind()) {
            case SESSION -> query.trace() != Query.Trace.STATEMENT;
            case PUBSUB -> true;
            default -> false;
        };
    }

    private Reply sendHome(Message request) {
        targets.get(HOME).requests.increment();
        return branches.sendState(request, HOME);
    }

    private Reply sendAlone(Message request, int target) {
        targets.get(target).requests.increment();
        return branches.send(request, target);
    }

    private int[] named(Message request) {
        if (by == null) {
            return all;
        }
        Collection<String> names = by.apply(request);
        int[] named = new int[names.size()];
        int count = 0;
        for (String name : names) {
            Integer index = indexes.get(name);
            if (index == null) {
                throw new Failure(
                        Failure.Kind.INVALID,
                        "no chain of the Scatter is called \"" + name + "\"; it has " + indexes.keySet());
            }
            boolean again = false;
            for (int i = 0; i < count; i++) {
                again |= named[i] == index;
            }
            if (!again) {
                named[count++] = index;
            }
        }
        if (count == 0) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "the function of the Scatter names no chain for "
                            + request.query().operation() + "; it has " + indexes.keySet());
        }
        return count == named.length ? named : Arrays.copyOf(named, count);
    }

    private Failure onlyHome(Query query) {
        return new Failure(
                Failure.Kind.UNSUPPORTED,
                NAME + ": " + query.operation()
                        + " is in a transaction, which is at one chain; let the function name \""
                        + targets.get(HOME).name + "\" alone for it");
    }

    private static Failure blocks(Query query) {
        return new Failure(
                Failure.Kind.UNSUPPORTED,
                NAME + ": " + query.operation()
                        + " may block, and so cannot be sent to several chains; let the function" + " name one for it");
    }

    private Collate collate(Query query, int chains) {
        if (chains == 1 || query.trace() == Query.Trace.STATEMENT) {
            return Collation.FIRST;
        }
        Query.Kind kind = query.kind();
        Collate chosen = collates.getOrDefault(kind, usual);
        if (chosen != null) {
            return chosen;
        }
        return kind == Query.Kind.READ ? Collation.FIRST : Collation.ALL;
    }

    private long[] owed(Message request) {
        return owed.get(request.session().loop());
    }

    Branches branches() {
        return branches;
    }

    ScatterTarget target(int index) {
        return targets.get(index);
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    long maxLateBytes() {
        return maxLateBytes;
    }

    /** What comes unasked comes from a session's home, where its subscriptions are. */
    @Override
    public @Nullable Message onPush(Session session, Message push) {
        return branches.chain(HOME).onPush(session, push);
    }

    @Override
    public boolean leave(Session session) {
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
        return branches.print(NAME, List.copyOf(indexes.keySet()));
    }

    /** The chains of a scatter, and how it collates. Not thread-safe. */
    public static final class Builder {
        private final @Nullable Function<? super Message, ? extends Collection<String>> by;
        private final Map<String, Chain> chains = new LinkedHashMap<>();
        private final Map<Query.Kind, Collate> collates = new EnumMap<>(Query.Kind.class);
        private @Nullable Collate usual;
        private Duration timeout = Duration.ofSeconds(10);
        private long lateBytes = 16 << 20;
        private @Nullable MeterRegistry meters;
        private String name = "scatter";

        private Builder(@Nullable Function<? super Message, ? extends Collection<String>> by) {
            this.by = by;
        }

        /**
         * Adds a chain; the first is the home of every session.
         *
         * @throws IllegalArgumentException if another has that name
         */
        public Builder to(String target, Chain chain) {
            Objects.requireNonNull(chain, "chain");
            if (chains.putIfAbsent(Objects.requireNonNull(target, "target"), chain) != null) {
                throw new IllegalArgumentException("Scatter: there are two chains for \"" + target + "\"");
            }
            return this;
        }

        /** How the answers to requests of all kinds become one that are not set apart by {@link #collate(Query.Kind, Collate)}. */
        public Builder collate(Collate how) {
            this.usual = Objects.requireNonNull(how, "how");
            return this;
        }

        /** How the answers to requests of a kind become one. */
        public Builder collate(Query.Kind kind, Collate how) {
            collates.put(Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(how, "how"));
            return this;
        }

        /**
         * How long the chains have to answer; 10 seconds if not set, as long as a sink waits for a silent server.
         *
         * @throws IllegalArgumentException if it is not at least a millisecond and at most a day
         */
        public Builder timeout(Duration limit) {
            if (limit.compareTo(Duration.ofMillis(1)) < 0 || limit.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "Scatter: a timeout is of at least a millisecond and at most a day, not " + limit);
            }
            this.timeout = limit;
            return this;
        }

        /**
         * How many bytes of requests a chain may leave unanswered that nobody waits for any more; then it is passed over, and
         * counts as failed, until it answers. 16 MiB for each chain and event loop if not set.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxLateBytes(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("Scatter: maxLateBytes must be 0 bytes or more, not " + bytes);
            }
            this.lateBytes = bytes;
            return this;
        }

        /** What metrics call it; {@code scatter} if not set. */
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
         * The scatter.
         *
         * @throws IllegalArgumentException if there is no chain, or if they speak different protocols
         */
        public Scatter build() {
            return new Scatter(this);
        }
    }
}
