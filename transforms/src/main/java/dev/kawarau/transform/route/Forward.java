package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.control.ConcurrencyLimit;
import dev.kawarau.transform.control.Timeout;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers some requests before they are carried out, and sends them to another chain in the background: for writes whose loss
 * does no harm, such as counters of views or logs, and a client that is not to wait for them. Works for every protocol.
 *
 * <pre>{@code
 * Forward forward = Forward.to(Chain.named("views").then(Retry.attempts(5)).to(redis))
 *         .when(request -> request.query().kind() == Query.Kind.WRITE && isOfAView(request))
 *         .build();
 * Chain orders = Chain.named("orders").then(forward).to(redis);
 * }</pre>
 *
 * <p><b>What is lost.</b> The client is told that its write was done when it is only in the memory of this process. If that ends,
 * what it had not sent is gone; if the database fails or refuses the write, nobody tells the client. That is counted, logged and
 * told to {@link Builder#onFailure}, no more. So nothing is forwarded unless {@link Builder#when} says so. {@code Retry} in the
 * other chain makes failures fewer; it has to give up before {@link Builder#timeout} does.
 *
 * <p><b>What is never forwarded</b>, and goes down the chain as ever: what concerns the session or a transaction, subscriptions,
 * administration, unknown commands, what may block, and a request whose answer is not known before ({@link
 * Message#acknowledgement}: {@code SET} is answered with OK, but the answer to {@code INCR} depends on the data), unless {@link
 * Builder#answering} makes one. Also nothing of a session that told its database who it is itself (Redis {@code AUTH} that the
 * listener does not answer, and the like), since the other chain does not know.
 *
 * <p><b>Order.</b> In a session that counts on the order of its requests (Redis) what is forwarded keeps it, if the other chain
 * does. In others (CQL) what touches the same keys is carried out one after the other; without a schema at the listener, no keys
 * are known, and that is everything. A request that goes down the chain waits for what the session forwarded before to its
 * keys, so that clients read what they wrote, and nothing that changes the session ({@code SELECT}, {@code USE}) comes before it.
 * There is no order between sessions. What waits in a session with an order keeps waiting all that is behind it.
 *
 * <p><b>Bounds.</b> The buffer, over all sessions, and what a full one does ({@link WhenFull}); how long a client waits for room
 * or for what it forwarded; how many requests are under way in the other chain, and how long each may take.
 *
 * <p><b>The end.</b> When a client is gone, is to go to another chain, or the chain is closed, what was answered is still carried
 * out, for {@link Builder#drain} at most; the rest is dropped. Closing the chain waits for that, unless it is closed on an event
 * loop. So close the chain before the sinks.
 *
 * <p><b>Cost:</b> the memory of what waits, a few objects for each request, and a look into a small table for each other request
 * of a session while something of it is under way. A Forward belongs to one chain. It closes neither chain. Thread-safe.
 */
public final class Forward implements Transform {
    /** What happens to a request when the buffer is full. */
    public enum WhenFull {
        /** It waits, and with it the client; if there is no room in time it is refused. */
        BACK_PRESSURE,
        /** It fails as overloaded, and is certainly not carried out. */
        REFUSE,
        /** It is answered as if it was done, and dropped. */
        DROP
    }

    /** Is told what was answered as if it was done and was not. */
    @FunctionalInterface
    public interface FailureListener {
        /**
         * A request was dropped, failed, or was answered with an error; at least one of the last two arguments is null. Called on
         * the session's event loop, which it must not block; the messages live until it returns.
         *
         * @param response the database's error; null if it gave none
         * @param failure why there is no answer, which says whether the request may have been carried out; else null
         */
        void failed(Message request, @Nullable Message response, @Nullable Throwable failure);
    }

    final Chain chain;
    final WhenFull whenFull;
    final long waitNanos;
    final long drainNanos;
    final boolean readYourWrites;
    final RequestBuffer buffer;
    final ForwardCounts counts;
    private final Predicate<? super Message> when;
    private final Function<? super Message, ? extends @Nullable Message> answers;
    private final ConcurrencyLimit concurrency;
    private final Timeout timeout;
    private final Session.Key<ForwardSession> key = Session.Key.named("forward");
    private final ForwardDrain drain;
    private volatile boolean built;

    private Forward(Builder settings) {
        this.chain = settings.chain;
        this.when = Objects.requireNonNull(settings.when);
        this.answers = settings.answers;
        this.whenFull = settings.whenFull;
        this.waitNanos = settings.wait.toNanos();
        this.drainNanos = settings.drain.toNanos();
        this.readYourWrites = settings.readYourWrites;
        this.buffer = new RequestBuffer(settings.bufferRequests, settings.bufferBytes);
        this.counts = new ForwardCounts(buffer, settings.listener);
        this.drain = new ForwardDrain(buffer, drainNanos);
        this.concurrency = ConcurrencyLimit.to(settings.concurrency)
                .waiting(Duration.ofHours(1), settings.bufferRequests)
                .build();
        this.timeout = Timeout.to(settings.timeout)
                .exempt(request -> request.query().kind() == Query.Kind.SESSION)
                .build();
    }

    /** Begins a Forward to a chain, which whoever made it closes, after the one that the Forward is part of. */
    public static Builder to(Chain chain) {
        return new Builder(chain);
    }

    @Override
    public void onBuild(TransformContext context) {
        if (built) {
            throw new IllegalStateException(
                    "chain \"" + context.chain() + "\": a Forward belongs to a chain already; make one for each place");
        }
        built = true;
        counts.show(context);
        context.onClose(drain::close);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        Query query = request.query();
        Message answer = mayForward(query) && when.test(request) ? answers.apply(request) : null;
        ForwardSession known = session.get(key);
        if (known == null) {
            if (answer == null && query.trace() == Query.Trace.NONE) {
                return next.send(request);
            }
            known = begin(session);
        }
        return known.send(request, next, answer);
    }

    private static boolean mayForward(Query query) {
        boolean data = switch (query.kind()) {
            case READ, WRITE, READ_WRITE, SCHEMA -> true;
            // Whoever listens does so in the chain.
            case PUBSUB -> query.operation().endsWith("PUBLISH");
            case SESSION, ADMIN, OTHER -> false;
        };
        return data
                && query.trace() == Query.Trace.NONE
                && !query.isBlocking()
                && !query.isInTransaction()
                && !query.joinsTransaction();
    }

    private ForwardSession begin(Session session) {
        ForwardSession begun = new ForwardSession(this, session);
        session.set(key, begun);
        session.onClose(begun::clientGone);
        drain.serves(session.loop());
        return begun;
    }

    /** Sends a copy down the other chain, when its turn comes. */
    Reply carryOut(Message copy, Chain inTime) {
        return concurrency.handle(copy, inTime);
    }

    /** Its turn has come. */
    Reply carryOutInTime(Message copy) {
        return timeout.handle(copy, chain);
    }

    /** Whether what has not been sent is given up. */
    boolean isOver() {
        return drain.isOver();
    }

    /** Room in the buffer is free again. */
    void giveBack(int size) {
        buffer.giveBack(size);
        drain.gaveBack();
    }

    @Override
    public List<Chain> chains() {
        return List.of(chain);
    }

    @Override
    public boolean leave(Session session) {
        ForwardSession known = session.get(key);
        if (known == null) {
            return true;
        }
        if (!known.leave()) {
            return false;
        }
        session.set(key, null);
        return true;
    }

    /** Requests that were answered, or wait for their answer, and have not been carried out. Any thread. */
    public long buffered() {
        return buffer.requests();
    }

    @Override
    public String toString() {
        return "Forward(" + whenFull + ")\n  forwards to " + chain.toString().replace("\n", "\n  ");
    }

    /** Settings of a {@link Forward}. Not thread-safe. */
    public static final class Builder {
        private final Chain chain;
        private @Nullable Predicate<? super Message> when;
        private Function<? super Message, ? extends @Nullable Message> answers = Message::acknowledgement;
        private WhenFull whenFull = WhenFull.BACK_PRESSURE;
        private int bufferRequests = 10_000;
        private long bufferBytes = 64 << 20;
        private int concurrency = 256;
        private boolean readYourWrites = true;
        private Duration timeout = Duration.ofSeconds(5);
        private Duration wait = Duration.ofSeconds(1);
        private Duration drain = Duration.ofSeconds(10);
        private FailureListener listener = (request, response, failure) -> {};

        private Builder(Chain chain) {
            this.chain = Objects.requireNonNull(chain, "chain");
        }

        /** Which requests are forwarded, if they can be. Has to be said. Called on event loops. */
        public Builder when(Predicate<? super Message> predicate) {
            this.when = Objects.requireNonNull(predicate, "predicate");
            return this;
        }

        /**
         * What the client is answered; {@link Message#acknowledgement} if not set.
         *
         * @param answer makes a response for a request, or returns null for one that is not to be forwarded; called on event loops
         */
        public Builder answering(Function<? super Message, ? extends @Nullable Message> answer) {
            this.answers = Objects.requireNonNull(answer, "answer");
            return this;
        }

        /** How much may wait or be under way, of all clients; 10,000 requests and 64 MiB if not set. */
        public Builder buffer(int requests, long bytes) {
            if (requests < 1 || bytes < 1) {
                throw new IllegalArgumentException("Forward: buffer needs room for a request and a byte at least, not "
                        + requests + " and " + bytes);
            }
            this.bufferRequests = requests;
            this.bufferBytes = bytes;
            return this;
        }

        /** What happens when the buffer is full; {@link WhenFull#BACK_PRESSURE} if not set. */
        public Builder whenFull(WhenFull what) {
            this.whenFull = Objects.requireNonNull(what, "whenFull");
            return this;
        }

        /** How many requests may be under way in the other chain at a time, of all clients; 256 if not set. */
        public Builder concurrency(int requests) {
            if (requests < 1) {
                throw new IllegalArgumentException(
                        "Forward: concurrency must be at least one request, not " + requests);
            }
            this.concurrency = requests;
            return this;
        }

        /** How long a request may be under way in the other chain, its retries included; 5 seconds if not set. */
        public Builder timeout(Duration longest) {
            this.timeout = checked("timeout", longest);
            return this;
        }

        /**
         * How long a client waits at most, for room in the buffer or for what it forwarded; 1 second if not set. Then its
         * request fails as overloaded, and is certainly not carried out.
         */
        public Builder waiting(Duration longest) {
            this.wait = checked("waiting", longest);
            return this;
        }

        /** How long what was answered is still carried out when its client, or the chain, is at its end; 10 seconds if not set. */
        public Builder drain(Duration longest) {
            this.drain = checked("drain", longest);
            return this;
        }

        /**
         * Lets requests go down the chain at once, whatever their session forwarded before: for another chain that leads to
         * other data. A client may then not find what it has written, or overwrite it with what is older.
         */
        public Builder withoutReadingWrites() {
            this.readYourWrites = false;
            return this;
        }

        /** Who is told what was answered as if it was done and was not; nobody if not set. */
        public Builder onFailure(FailureListener told) {
            this.listener = Objects.requireNonNull(told, "listener");
            return this;
        }

        private static Duration checked(String setting, Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        "Forward: " + setting + " must be at least a millisecond and at most an hour, not " + time);
            }
            return time;
        }

        /**
         * The transform.
         *
         * @throws IllegalStateException if {@link #when} was not said
         */
        public Forward build() {
            if (when == null) {
                throw new IllegalStateException(
                        "Forward: say with when(...) which requests are answered before they are"
                                + " carried out; those are lost if the process ends or the database fails");
            }
            return new Forward(this);
        }
    }
}
