package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends a copy of each request to another chain, compares the answers, and lets either side answer the clients: for trying
 * another database, version or layout with real traffic, and for moving to it. Works for every protocol.
 *
 * <pre>{@code
 * Tee tee = Tee.to(Chain.named("new").to(newRedis)).comparing(RedisComparator.create()).build();
 * Chain orders = Chain.named("orders").then(tee).to(oldRedis);
 * ...
 * System.out.println(tee.report());
 * tee.answerFrom(Tee.Side.COPY);     // and back, with Side.ORIGINAL
 * }</pre>
 *
 * <p><b>What is copied.</b> Reads, writes, changes of schemas and scripts, what concerns the session ({@code SELECT},
 * {@code AUTH}, {@code MULTI}, {@code USE}, {@code PREPARE}), so that both sides are in the same state, and what is
 * published. Not administration, unknown commands, subscriptions, and what may block ({@code BLPOP}): a write of
 * these is counted as missed. A transaction is copied whole or not at all, whatever is sampled. On the other side requests
 * of one session keep their order. Those of different clients may meet in another order there: two that write the same key at the same
 * moment, without a transaction, may leave it different; so may commands that choose for themselves ({@code SPOP}).
 *
 * <p><b>The side that does not answer</b> cannot harm the client: it has sessions of its own, what it pushes is dropped, and
 * unless {@link OnMismatch#FAIL} or {@link WhenFull#WAIT} is set the client never waits for it. If it loses the state of a
 * session, copies of that session are dropped until the client is in no transaction, and then begin anew in its
 * database. Whatever one side may lack is counted: see {@link TeeReport.Operation#missedWrites}.
 *
 * <p><b>Switching.</b> {@link #answerFrom} changes the sides of all sessions, each as soon as nothing of it is under way;
 * requests that come meanwhile wait. A session in a transaction or with a subscription follows when that is over. What a
 * session is at is handed over as when a chain is swapped, so both sinks have to name the same database in their URIs.
 *
 * <p><b>Cost:</b> the work of the other chain, the copies' memory (they share that of the requests, bounded by the buffer), and the
 * comparison, which is cheap where bytes are equal.
 *
 * <p>A Tee belongs to one chain. It closes neither chain that it sends to. Thread-safe.
 */
public final class Tee implements Transform {
    /** The two sides of a Tee. */
    public enum Side {
        /** The rest of the chain that the Tee is part of. */
        ORIGINAL,
        /** The chain that copies go to. */
        COPY;

        Side other() {
            return this == ORIGINAL ? COPY : ORIGINAL;
        }
    }

    /** What happens, besides counting, if the sides answer differently, or the one that does not answer clients not at all. */
    public enum OnMismatch {
        /** Nothing. */
        IGNORE,
        /** A warning in the log, one a second at most. */
        LOG,
        /** The client gets an error. It waits for both sides, and what cannot be copied fails before it is sent. */
        FAIL
    }

    /** What happens to a request when the buffer is full. */
    public enum WhenFull {
        /** It is not copied, and counted as dropped. */
        DROP,
        /** It waits, and with it the client. A side that hangs stops the clients until its sink gives up. */
        WAIT
    }

    final Chain copy;
    final ResponseComparator comparator;
    final OnMismatch onMismatch;
    final @Nullable Chain mismatches;
    final WhenFull whenFull;
    final long timeoutNanos;
    final int examples;
    final boolean showsValues;
    final RequestBuffer buffer;
    private final Predicate<Message> sample;
    private final Set<Query.Kind> kinds;
    private final Session.Key<TeeSession> key = Session.Key.named("tee");
    private final Set<TeeSession> sessions = ConcurrentHashMap.newKeySet();
    private final RareWarnings warnings = new RareWarnings(LoggerFactory.getLogger(Tee.class));
    private final SharedMeters meters = new SharedMeters();
    private final TeeCounts counts = new TeeCounts(meters);
    private volatile Side answering;
    private volatile boolean built;

    private Tee(Builder settings) {
        this.copy = settings.copy;
        this.comparator = settings.comparator;
        this.onMismatch = settings.onMismatch;
        this.mismatches = settings.mismatches;
        this.whenFull = settings.whenFull;
        this.timeoutNanos = settings.timeout.toNanos();
        this.examples = settings.examples;
        this.showsValues = settings.showsValues;
        this.buffer = new RequestBuffer(settings.bufferRequests, settings.bufferBytes);
        this.sample = settings.sample;
        this.kinds = EnumSet.copyOf(settings.kinds);
        this.answering = settings.answering;
    }

    /** Begins a Tee that copies to a chain, which whoever made it closes. */
    public static Builder to(Chain copy) {
        return new Builder(copy);
    }

    @Override
    public void onBuild(TransformContext context) {
        if (built) {
            throw new IllegalStateException(
                    "chain \"" + context.chain() + "\": a Tee belongs to a chain already; make one for each place");
        }
        built = true;
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        TeeSession known = session.get(key);
        return (known != null ? known : begin(session, next)).send(request);
    }

    private TeeSession begin(Session session, Chain next) {
        TeeSession begun = new TeeSession(this, session, next, answering);
        session.set(key, begun);
        sessions.add(begun);
        session.onClose(begun::clientGone);
        return begun;
    }

    /** A session needs no more to be told of; false if that was known. */
    boolean ended(TeeSession session) {
        return sessions.remove(session);
    }

    /** The chain that copies go to, and the one for mismatches. */
    @Override
    public List<Chain> chains() {
        return mismatches == null ? List.of(copy) : List.of(copy, mismatches);
    }

    @Override
    public boolean leave(Session session) {
        TeeSession known = session.get(key);
        if (known == null) {
            return true;
        }
        if (!known.leave()) {
            return false;
        }
        session.set(key, null);
        return true;
    }

    /**
     * Lets a side answer all clients from now on, and the other one be compared with it. Any thread; returns at once.
     * {@link TeeReport#sessionsBehind} says who has not followed yet.
     */
    public void answerFrom(Side side) {
        answering = Objects.requireNonNull(side, "side");
        sessions.forEach(TeeSession::wake);
    }

    /** The side that answers clients. */
    public Side answering() {
        return answering;
    }

    /** What was seen so far. Any thread. */
    public TeeReport report() {
        Side now = answering;
        int behind = (int)
                sessions.stream().filter(session -> session.answering() != now).count();
        return new TeeReport(now, behind, buffer.requests(), buffer.bytes(), counts.snapshot());
    }

    TeeCounts counts() {
        return counts;
    }

    /** Whether a request is to be copied, if it can be. */
    boolean wants(Message request, Query query) {
        if (query.kind() == Query.Kind.SESSION || query.joinsTransaction()) {
            return !query.isBlocking();
        }
        if (query.kind() == Query.Kind.PUBSUB) {
            // Whoever listens does so at one of the sides.
            return query.operation().endsWith("PUBLISH");
        }
        return kinds.contains(query.kind()) && !query.isBlocking() && sample.test(request);
    }

    /** Says in the log, now and then, that the sides differ. */
    void warn(Session session, String words) {
        warnings.warn(session, () -> words);
    }

    @Override
    public String toString() {
        String text = "Tee(" + answering + " answers, " + onMismatch + ")\n  copies to " + indented(copy);
        return mismatches == null ? text : text + "\n  mismatches to " + indented(mismatches);
    }

    private static String indented(Chain chain) {
        return chain.toString().replace("\n", "\n  ");
    }

    /** Settings of a {@link Tee}. Not thread-safe. */
    public static final class Builder {
        private final Chain copy;
        private ResponseComparator comparator = ResponseComparator.outcomes();
        private OnMismatch onMismatch = OnMismatch.IGNORE;
        private @Nullable Chain mismatches;
        private WhenFull whenFull = WhenFull.DROP;
        private int bufferRequests = 10_000;
        private long bufferBytes = 64 << 20;
        private Duration timeout = Duration.ofSeconds(5);
        private Predicate<Message> sample = request -> true;
        private Set<Query.Kind> kinds =
                EnumSet.of(Query.Kind.READ, Query.Kind.WRITE, Query.Kind.READ_WRITE, Query.Kind.SCHEMA);
        private int examples = 3;
        private boolean showsValues;
        private Side answering = Side.ORIGINAL;

        private Builder(Chain copy) {
            this.copy = Objects.requireNonNull(copy, "copy");
        }

        /** Tells whether two answers are the same; {@link ResponseComparator#outcomes} if not set. */
        public Builder comparing(ResponseComparator with) {
            this.comparator = Objects.requireNonNull(with, "comparator");
            return this;
        }

        /** What happens to different answers besides counting; {@link OnMismatch#IGNORE} if not set. */
        public Builder onMismatch(OnMismatch what) {
            this.onMismatch = Objects.requireNonNull(what, "onMismatch");
            return this;
        }

        /**
         * Sends each request whose answers differ down another chain, too, to be kept or looked into there. Nobody waits
         * for its answer. While the buffer is full it gets none.
         */
        public Builder mismatchesTo(Chain chain) {
            this.mismatches = Objects.requireNonNull(chain, "chain");
            return this;
        }

        /** Copies only a part of all reads and writes, chosen by chance; the seed makes the choice the same again. */
        public Builder percent(double percent, long seed) {
            return when(TeeSampling.byChance(percentage(percent), seed));
        }

        /** Copies only reads and writes of a part of all keys, always the same ones. */
        public Builder percentOfKeys(double percent) {
            return when(TeeSampling.byKey(percentage(percent)));
        }

        /** Copies only those reads and writes that a predicate accepts. Called on event loops. */
        public Builder when(Predicate<Message> predicate) {
            this.sample = Objects.requireNonNull(predicate, "predicate");
            return this;
        }

        /**
         * Which kinds are copied; {@link Query.Kind#READ}, {@code WRITE}, {@code READ_WRITE} and {@code SCHEMA} if not set.
         * What concerns the session, and what is published, is copied always.
         */
        public Builder kinds(Query.Kind... copied) {
            if (copied.length == 0) {
                throw new IllegalArgumentException("Tee: kinds needs at least one kind of query");
            }
            this.kinds = EnumSet.copyOf(List.of(copied));
            return this;
        }

        /** How much may be under way on the other side, of all clients; 10,000 requests and 64 MiB if not set. */
        public Builder buffer(int requests, long bytes) {
            if (requests < 1 || bytes < 1) {
                throw new IllegalArgumentException(
                        "Tee: buffer needs room for a request and a byte at least, not " + requests + " and " + bytes);
            }
            this.bufferRequests = requests;
            this.bufferBytes = bytes;
            return this;
        }

        /** What happens when the buffer is full; {@link WhenFull#DROP} if not set. */
        public Builder whenFull(WhenFull what) {
            this.whenFull = Objects.requireNonNull(what, "whenFull");
            return this;
        }

        /** How long the other side's answer is waited for; 5 seconds if not set. A later one is dropped. */
        public Builder timeout(Duration longest) {
            if (longest.isNegative() || longest.isZero()) {
                throw new IllegalArgumentException("Tee: timeout must be longer than nothing, not " + longest);
            }
            this.timeout = longest;
            return this;
        }

        /** How many differences of each operation the report shows; 3 if not set. */
        public Builder examples(int most) {
            if (most < 0) {
                throw new IllegalArgumentException("Tee: examples must be at least 0, not " + most);
            }
            this.examples = most;
            return this;
        }

        /** Examples and warnings show keys and the beginnings of answers, not only a hash of the key. */
        public Builder showValues() {
            this.showsValues = true;
            return this;
        }

        /** The side that answers in the beginning; {@link Side#ORIGINAL} if not set. */
        public Builder answerFrom(Side side) {
            this.answering = Objects.requireNonNull(side, "side");
            return this;
        }

        /** The Tee, for one place in one chain. */
        public Tee build() {
            return new Tee(this);
        }

        private static double percentage(double percent) {
            if (!(percent >= 0 && percent <= 100)) {
                throw new IllegalArgumentException("Tee: a percentage is from 0 to 100, not " + percent);
            }
            return percent;
        }
    }
}
