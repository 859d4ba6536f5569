package dev.kawarau.transform.observe;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a fraction of the requests pass through another transform; the others go straight on. Works for every protocol.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders")
 *         .then(Sampler.oneIn(1_000, DebugPrinter.create()))
 *         .then(Sampler.percent(0.5, HotKeys.create()).byKey())
 *         .to(redis);
 * }</pre>
 *
 * <p>By chance, each request for itself; or {@linkplain #bySession() whole sessions}; or {@linkplain #byKey() by key}. The
 * same seed, by default 0, picks the same keys in every process, the same sessions, and the same requests where one event
 * loop sees them in the same order. Responses come in the order of the requests, as ever.
 *
 * <p><b>Session state:</b> requests that later ones depend on (of kind {@link Query.Kind#SESSION}, such as SELECT and MULTI,
 * and those {@linkplain Query#isInTransaction() in a transaction}) are not for chance to divide. Unless whole sessions are
 * picked, all of them pass through a transform that sends requests to {@linkplain Transform#chains() other chains}, which
 * has to know the state, and none of them through any other.
 *
 * <p>What the database sends unasked is picked like a request; by key, none of it is, since it has none.
 *
 * <p><b>Cost:</b> a few nanoseconds; by key, a look at the keys. <b>Failure:</b> it has none of its own.
 */
public final class Sampler implements Transform {
    private static final Logger log = LoggerFactory.getLogger(Sampler.class);
    private static final int ONE_HUNDRED = 100;

    private enum By {
        REQUEST,
        SESSION,
        KEY
    }

    private final double fraction;
    private final Transform transform;
    private final By by;
    private final long seed;
    private final AtomicLong loops = new AtomicLong();
    private final LoopLocal<SplittableRandom> chance;
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder taken =
            meters.counter("kawarau.sampler.taken", "requests that passed through a Sampler's transform");

    private Sampler(double fraction, Transform transform, By by, long seed) {
        this.fraction = fraction;
        this.transform = transform;
        this.by = by;
        this.seed = seed;
        this.chance = new LoopLocal<>(loop -> new SplittableRandom(KeyHash.mix(seed + loops.getAndIncrement())));
    }

    /**
     * One request in so many passes through the transform, by chance.
     *
     * @param transform belongs to this one, which closes it with its chain
     * @throws IllegalArgumentException if {@code requests} is not at least 1
     */
    public static Sampler oneIn(int requests, Transform transform) {
        if (requests < 1) {
            throw new IllegalArgumentException("a Sampler takes one request in 1 or more, not in " + requests);
        }
        return new Sampler(1.0 / requests, Objects.requireNonNull(transform, "transform"), By.REQUEST, 0);
    }

    /**
     * So many requests of a hundred pass through the transform, by chance.
     *
     * @param percent 0 for none, 100 for all; 0.5 for one in 200
     * @param transform belongs to this one, which closes it with its chain
     * @throws IllegalArgumentException if {@code percent} is not from 0 to 100
     */
    public static Sampler percent(double percent, Transform transform) {
        if (!(percent >= 0 && percent <= ONE_HUNDRED)) {
            throw new IllegalArgumentException("a Sampler takes 0 to 100 percent of the requests, not " + percent);
        }
        return new Sampler(percent / ONE_HUNDRED, Objects.requireNonNull(transform, "transform"), By.REQUEST, 0);
    }

    /**
     * Picks sessions: all requests of the fraction of the sessions, and none of the others. What a session is to other
     * chains stays whole.
     *
     * @return a Sampler in place of this one
     */
    public Sampler bySession() {
        return new Sampler(fraction, transform, By.SESSION, seed);
    }

    /**
     * Picks keys: all requests that name a key of the fraction of the keys (one is enough where there are several), and
     * none of the others. The keys are {@link Query#keys()}; what has none goes straight on.
     *
     * @return a Sampler in place of this one
     */
    public Sampler byKey() {
        return new Sampler(fraction, transform, By.KEY, seed);
    }

    /**
     * Picks others, for another seed.
     *
     * @return a Sampler in place of this one
     */
    public Sampler seed(long seed) {
        return new Sampler(fraction, transform, by, seed);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        if (!takes(request)) {
            return next.send(request);
        }
        taken.increment();
        return transform.handle(request, next);
    }

    private boolean takes(Message request) {
        if (by == By.SESSION) {
            return takes(request.session());
        }
        Query query = request.query();
        if (query.kind() == Query.Kind.SESSION || query.isInTransaction()) {
            return fraction > 0 && !transform.chains().isEmpty();
        }
        return by == By.REQUEST ? byChance(request.session()) : takes(query.keys());
    }

    private boolean byChance(Session session) {
        return chance.get(session.loop()).nextDouble() < fraction;
    }

    private boolean takes(Session session) {
        return KeyHash.fraction(KeyHash.mix(seed ^ KeyHash.mix(session.id()))) < fraction;
    }

    private boolean takes(List<ByteBuf> keys) {
        for (ByteBuf key : keys) {
            if (KeyHash.fraction(KeyHash.of(key, seed)) < fraction) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        boolean taken = switch (by) {
            case REQUEST -> byChance(session);
            case SESSION -> takes(session);
            case KEY -> false;
        };
        return taken ? transform.onPush(session, push) : push;
    }

    @Override
    public List<Chain> chains() {
        return transform.chains();
    }

    @Override
    public boolean leave(Session session) {
        return transform.leave(session);
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
        if (transform instanceof AutoCloseable closeable) {
            context.onClose(() -> close(closeable));
        }
        transform.onBuild(context);
    }

    private void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception failed) {
            log.warn("closing {} failed", this, failed);
        }
    }

    @Override
    public String toString() {
        String what = switch (by) {
            case REQUEST -> "requests";
            case SESSION -> "sessions";
            case KEY -> "keys";
        };
        return "Sampler of " + fraction * ONE_HUNDRED + "% of " + what + " -> " + transform;
    }
}
