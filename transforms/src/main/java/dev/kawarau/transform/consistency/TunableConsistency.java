package dev.kawarau.transform.consistency;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.wire.LoopLocal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain at several databases that know nothing of each other and hold copies of the same data: a write is
 * acknowledged when W of them have it, a read hears R of them, and the highest version wins.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders").to(TunableConsistency.over(a, b, c)
 *         .reads(2)
 *         .writes(2)
 *         .versions(RedisVersionStamp.create())
 *         .build());
 * }</pre>
 *
 * <p><b>What holds</b> with R + W above the number of replicas, whatever of them fails, pauses or is cut off and comes back
 * with its data, through any number of proxies and with whatever clocks: each key is a linearizable register. No
 * acknowledged write is lost, no read is stale, and what was read once stays read. Different keys are independent, also
 * those of one request: an MSET may be seen half done. A replica that comes back <em>without</em> what it acknowledged
 * breaks the promise, so its writes must be on disk when it answers (for Redis {@code appendfsync always}), and nobody
 * but such proxies may write to it.
 *
 * <p><b>What it costs:</b> every replica gets every request. A write takes two round trips, to learn the highest version
 * and to store a higher one: with one trip and the clock alone, a proxy with a slow clock would have its acknowledged
 * write beaten by an older one. A read takes one trip if enough of the answers that it waits for agree, and else a second,
 * to store what it found before it tells anybody. Requests of one session on one key go one after the other, in their
 * order; those on different keys go at once.
 *
 * <p><b>On failure:</b> a request that can no longer succeed fails with {@link Failure.Kind#UNAVAILABLE}, one that runs out
 * of time with {@link Failure.Kind#TIMEOUT}, and says how many replicas did what. A write that failed so may have been
 * applied ({@link Failure#maybeApplied}) if it was sent: later reads see it or not, but once one has, all do. A replica
 * that is slow, paused or away holds up nobody as long as the others are enough. What it misses it gets from reads that
 * find it behind, and from hints, of which the latest of each key is kept for it, by each event loop, in bounded memory.
 *
 * <p>Works for protocols with a {@link Versioning}: {@code RedisVersionStamp} for RESP. What that does not cover is refused.
 * Thread-safe; the replicas are closed by whoever made them.
 */
public final class TunableConsistency implements Chain {
    private final Session.Key<KeyOrder> orders = Session.Key.named("order of a session's keys");
    private final List<Chain> chains;
    private final Quorum quorum;
    private final LoopLocal<List<Replica>> replicas;

    private TunableConsistency(List<Chain> chains, Quorum quorum) {
        this.chains = chains;
        this.quorum = quorum;
        this.replicas = new LoopLocal<>(loop -> {
            List<Replica> made = new ArrayList<>(chains.size());
            for (int i = 0; i < chains.size(); i++) {
                made.add(new Replica(chains.get(i), i, quorum, loop));
            }
            return made;
        });
    }

    /**
     * Begins with the replicas, each a sink or a chain. Their order is that of the numbers in errors and metrics.
     *
     * @throws IllegalArgumentException if they speak different protocols, or one is there twice
     */
    public static Builder over(Chain... replicas) {
        return new Builder(Arrays.asList(replicas));
    }

    @Override
    public Reply send(Message request) {
        Plan plan;
        try {
            plan = quorum.versioning().plan(request, quorum.clock().millis());
        } catch (RuntimeException refused) {
            return Reply.failed(refused);
        }
        if (plan instanceof Plan.Answer answer) {
            return answer.reply();
        }
        if (plan instanceof Plan.ByKey byKey) {
            return new Gathered(byKey).start(request);
        }
        return new FirstAnswer(replicas.get(request.session().loop()), request, quorum.timeoutNanos());
    }

    private KeyOrder order(Session session) {
        KeyOrder order = session.get(orders);
        if (order == null) {
            order = new KeyOrder();
            session.set(orders, order);
        }
        return order;
    }

    /** The reply to a request that is carried out key by key: there when all of it is, or has failed. */
    private final class Gathered extends Promise {
        private final Plan.ByKey plan;
        private final @Nullable Version[] found;
        private int left;
        private boolean written;
        private @Nullable Failure failure;

        private Gathered(Plan.ByKey plan) {
            this.plan = plan;
            this.found = new @Nullable Version[plan.parts().size()];
            this.left = found.length;
        }

        private Reply start(Message request) {
            KeyOrder order = order(request.session());
            List<Replica> local = replicas.get(request.session().loop());
            for (int i = 0; i < found.length; i++) {
                int index = i;
                Part part = plan.parts().get(i);
                order.add(new Operation(quorum, local, request, part, (version, failed) -> {
                    done(index, version, failed);
                    order.done(part.key());
                }));
            }
            return this;
        }

        private void done(int index, @Nullable Version version, @Nullable Failure failed) {
            found[index] = version;
            written |= failed == null && plan.parts().get(index).isWrite();
            failure = failure == null ? failed : failure;
            written |= failed != null && failed.maybeApplied();
            if (--left == 0) {
                finish();
            }
        }

        private void finish() {
            Failure failed = failure;
            if (failed == null) {
                try {
                    complete(plan.answer().apply(found()));
                } catch (RuntimeException thrown) {
                    fail(thrown);
                }
            } else if (written && !failed.maybeApplied()) {
                fail(new Failure(
                        failed.kind(),
                        failed.getMessage() + "; other keys of the command may have been written",
                        true,
                        null));
            } else {
                fail(failed);
            }
        }

        private List<Version> found() {
            List<Version> versions = new ArrayList<>(found.length);
            for (Version version : found) {
                versions.add(Objects.requireNonNull(version));
            }
            return versions;
        }
    }

    @Override
    public boolean leave(Session session) {
        KeyOrder order = session.get(orders);
        if ((order != null && !order.isEmpty()) || !quorum.versioning().leave(session)) {
            return false;
        }
        boolean left = true;
        for (Chain chain : chains) {
            left &= chain.leave(session);
        }
        return left;
    }

    @Override
    public String protocol() {
        return quorum.versioning().protocol();
    }

    /** Removes its metrics. The replicas stay open, and hints that wait are still delivered. */
    @Override
    public void close() {
        quorum.meters().close();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("TunableConsistency(reads " + quorum.reads() + " and writes "
                + quorum.writes() + " of " + chains.size() + ", " + quorum.versioning() + ")");
        for (Chain chain : chains) {
            String part = chain.getClass().isHidden() ? "lambda" : chain.toString();
            text.append("\n  -> ").append(part.replace("\n", "\n     "));
        }
        return text.toString();
    }

    /** Settings. Each may be made once. Not thread-safe. */
    public static final class Builder {
        private final List<Chain> replicas;
        private int reads;
        private int writes;
        private boolean staleReads;
        private @Nullable Versioning versioning;
        private Duration timeout = Duration.ofSeconds(2);
        private long hintBytes = 16 << 20;
        private Duration hintAge = Duration.ofHours(1);
        private long lateBytes = 16 << 20;
        private long node = new SecureRandom().nextLong();
        private InstantSource clock = Clock.systemUTC();
        private String name = "quorum";
        private @Nullable MeterRegistry meters;

        private Builder(List<Chain> replicas) {
            if (replicas.isEmpty()) {
                throw new IllegalArgumentException("TunableConsistency needs at least one replica");
            }
            this.replicas = List.copyOf(replicas);
            if (replicas.stream().distinct().count() < replicas.size()) {
                throw new IllegalArgumentException(
                        "TunableConsistency: a replica is there twice, and would count twice");
            }
            this.reads = replicas.size() / 2 + 1;
            this.writes = reads;
        }

        /** R: how many replicas a read hears; most of them if not set. */
        public Builder reads(int replicasToHear) {
            this.reads = quorum("reads", replicasToHear);
            return this;
        }

        /** W: how many replicas have a write when it is acknowledged; most of them if not set. */
        public Builder writes(int replicasToWrite) {
            this.writes = quorum("writes", replicasToWrite);
            return this;
        }

        private int quorum(String setting, int value) {
            if (value < 1 || value > replicas.size()) {
                throw new IllegalArgumentException("TunableConsistency: " + setting + " must be 1 to " + replicas.size()
                        + ", the number of replicas, not " + value);
            }
            return value;
        }

        /**
         * Lets R + W be no more than the number of replicas. Then reads may be stale, acknowledged writes may be lost to
         * older ones, and replicas agree some time after the last write.
         */
        public Builder allowStaleReads() {
            this.staleReads = true;
            return this;
        }

        /** How versions are kept, such as {@code RedisVersionStamp.create()}; must be set. */
        public Builder versions(Versioning how) {
            this.versioning = Objects.requireNonNull(how, "versions");
            return this;
        }

        /** How long a request may take, waiting for earlier ones on its key included; 2 seconds if not set. */
        public Builder timeout(Duration limit) {
            this.timeout = positive("timeout", limit);
            return this;
        }

        /**
         * What is kept at most of the writes that a replica missed, and for how long; 16 MiB for each replica and event
         * loop, and an hour, if not set.
         *
         * @param bytes 0 keeps none
         */
        public Builder hints(long bytes, Duration age) {
            this.hintBytes = notNegative("hints", bytes);
            this.hintAge = positive("the age of hints", age);
            return this;
        }

        /**
         * How many bytes of requests a replica may leave unanswered that nobody waits for any more; then it is passed over
         * until it answers. 16 MiB for each replica and event loop if not set.
         */
        public Builder maxLateBytes(long bytes) {
            this.lateBytes = notNegative("maxLateBytes", bytes);
            return this;
        }

        /** Which clock the stamps are from: must differ between all proxies; drawn at random if not set. */
        public Builder node(long id) {
            this.node = id;
            return this;
        }

        /** The time of day, for stamps and for what expires; the machine's if not set. */
        public Builder clock(InstantSource timeOfDay) {
            this.clock = Objects.requireNonNull(timeOfDay, "clock");
            return this;
        }

        /** The value of the tag {@code quorum} in metrics; {@code quorum} if not set. */
        public Builder named(String tag) {
            this.name = Objects.requireNonNull(tag, "name");
            return this;
        }

        /** Where metrics go; Micrometer's global registry if not set. */
        public Builder metrics(MeterRegistry registry) {
            this.meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        private static Duration positive(String setting, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(
                        "TunableConsistency: " + setting + " must be longer than nothing, not " + value);
            }
            return value;
        }

        private static long notNegative(String setting, long value) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "TunableConsistency: " + setting + " must be 0 bytes or more, not " + value);
            }
            return value;
        }

        /**
         * The end of a chain.
         *
         * @throws IllegalStateException if the settings do not fit together; the message says what to do
         */
        public TunableConsistency build() {
            if (versioning == null) {
                throw new IllegalStateException(
                        "TunableConsistency needs to know how versions are kept: versions(RedisVersionStamp.create())");
            }
            if (reads + writes <= replicas.size() && !staleReads) {
                throw new IllegalStateException("TunableConsistency: with reads " + reads + " and writes " + writes
                        + " of " + replicas.size()
                        + " replicas a read may miss an acknowledged write; let them add up to "
                        + (replicas.size() + 1) + ", or call allowStaleReads()");
            }
            if (hintAge.plus(timeout).compareTo(versioning.memory()) >= 0) {
                throw new IllegalStateException("TunableConsistency: hints of " + hintAge
                        + " could bring back what was deleted: " + versioning + " remembers deletes for "
                        + versioning.memory());
            }
            for (Chain replica : replicas) {
                String speaks = replica.protocol();
                if (speaks != null && !speaks.equals(versioning.protocol())) {
                    throw new IllegalStateException("TunableConsistency: " + versioning + " is for "
                            + versioning.protocol() + ", but " + replica + " speaks " + speaks);
                }
            }
            return new TunableConsistency(
                    replicas,
                    new Quorum(
                            versioning,
                            new HybridClock(clock, node),
                            new QuorumMeters(meters == null ? Metrics.globalRegistry : meters, name, replicas.size()),
                            replicas.size(),
                            reads,
                            writes,
                            timeout.toNanos(),
                            lateBytes,
                            hintBytes,
                            hintAge.toNanos()));
        }
    }
}
