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
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Which keys and which tables are asked for most, weigh most, or take most time; to be asked while traffic passes. Works for
 * every protocol: keys are {@link Query#keys()}, and tables (in Redis, databases) {@link Query#namespace()}.
 *
 * <pre>{@code
 * HotKeys hot = HotKeys.create();
 * Chain orders = Chain.named("orders").then(hot).to(redis);
 * ...
 * hot.top(10).forEach(System.out::println);            // 0 "order:1": 8123 to 8130, 12.4% of all
 * hot.top(10, HotKeys.By.BYTES);
 * hot.topNamespaces(5, HotKeys.By.TIME);
 * }</pre>
 *
 * <p>What is old fades: after a half-life, a minute by default, a request counts half, and after ten a thousandth. A key that
 * is asked for evenly, r times a second, comes to 1.44 r half-lives.
 *
 * <p><b>How exact:</b> memory is bounded, so most keys have no counter. With m of them ({@link Builder#tracking}) and a sum
 * of n over all keys, a key that has more than n / m is certainly among those that are told of (by default one that has
 * more than a thousandth); what is told of a key ({@link Hot#amount}) is never too low, and too high by at most
 * {@link Hot#error}, which is at most n / m. This holds for several event loops as for one, and for what has faded; weights
 * are rounded by less than 0.1 percent as time passes. While there are no more keys than counters the error is 0.
 *
 * <p>A request of several keys counts as a request for each, and its bytes and its time are shared out among them evenly; of
 * more than 100 keys only the first 100 are looked at. Requests of kind {@link Query.Kind#SESSION} are not counted. Bytes
 * and time are counted when the response or the failure comes, if the client is still there.
 *
 * <p>Keys are what clients send: {@link #top} tells the first bytes of them, escaped. They are compared as a whole, by a
 * hash of 64 bits with a seed that nobody knows, so clients cannot make up keys that share a counter.
 *
 * <p><b>Cost:</b> a hash of each key, two uncontended locks for each request, and for a key that has no counter a copy of its
 * first bytes. With default settings up to a megabyte for each event loop. Asking holds up each event loop for as long as
 * its counters take to copy, well below a millisecond; so does who reads the metric {@code kawarau.hotkeys.share}, which tells
 * of what is hot but not its name. <b>Failure:</b> it has none of its own.
 */
public final class HotKeys implements Transform {
    private static final int MOST_KEYS_OF_A_REQUEST = 100;
    private static final int MOST_NAMESPACES = 200;

    /** What makes a key hot. */
    public enum By {
        /** How often it is asked for. */
        REQUESTS,
        /** Bytes of its requests and responses. */
        BYTES,
        /** Nanoseconds from its requests to their responses, added up. */
        TIME
    }

    /**
     * A key or a table, and how hot it is.
     *
     * @param namespace as {@link Query#namespace()} has it, escaped
     * @param key the first bytes of the key, as printable ASCII: other bytes as in {@code \x0a}, and {@code ...} for the
     *     rest; empty for a table
     * @param amount requests, bytes or nanoseconds, less what has faded; never too low
     * @param error how much too high the amount may be
     * @param share the amount as a part of that of all; of requests with several keys each key counts
     */
    public record Hot(String namespace, String key, double amount, double error, double share) {
        /** As in {@code 0 "order:1": 8123 to 8130, 12.4% of all}. */
        @Override
        public String toString() {
            String range = Math.round(amount - error) + (error < 1 ? "" : " to " + Math.round(amount));
            return namespace + (key.isEmpty() ? "" : " \"" + key + "\"") + ": " + range + ", "
                    + Math.round(1_000 * share) / 10.0 + "% of all";
        }
    }

    private final long seed;
    private final LoopLocal<Heat> heats;
    private final int tracked;
    private final SharedMeters meters = new SharedMeters();

    private HotKeys(Builder builder) {
        seed = builder.seed;
        tracked = builder.tracked;
        long halfLifeNanos = builder.halfLifeNanos;
        int mostOfAKey = builder.mostOfAKey;
        heats = new LoopLocal<>(loop ->
                new Heat(loop.ticker(), halfLifeNanos, tracked, Math.min(tracked, MOST_NAMESPACES), mostOfAKey));
        for (By by : By.values()) {
            meters.gauge(
                    "kawarau.hotkeys.share",
                    "what the hottest key has of all, 0 to 1",
                    Tags.of("by", by.name().toLowerCase(Locale.ROOT)),
                    () -> hottestShare(by));
        }
    }

    private double hottestShare(By by) {
        List<Hot> hottest = top(1, by);
        return hottest.isEmpty() ? 0 : hottest.get(0).share();
    }

    /** Follows 1,000 keys, with a half-life of a minute. */
    public static HotKeys create() {
        return builder().build();
    }

    /** Settings; the defaults are those of {@link #create()}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Query query = request.query();
        if (query.kind() == Query.Kind.SESSION) {
            return next.send(request);
        }
        Session session = request.session();
        Heat heat = heats.get(session.loop());
        Heat.Asked asked = asked(query);
        long start = session.nanoTime();
        heat.asked(asked, start);
        return next.send(request).whenDone((response, failure) -> {
            if (!request.isOver()) {
                long now = session.nanoTime();
                int bytes = request.size() + (response == null ? 0 : response.size());
                heat.answered(asked, bytes, now - start, now);
            }
        });
    }

    private Heat.Asked asked(Query query) {
        String namespace = query.namespace();
        long namespaceHash = KeyHash.of(namespace, seed);
        List<ByteBuf> keys = query.keys();
        long[] hashes = new long[Math.min(keys.size(), MOST_KEYS_OF_A_REQUEST)];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = KeyHash.of(keys.get(i), namespaceHash);
        }
        return new Heat.Asked(namespace, namespaceHash, keys, hashes);
    }

    /** The keys that are asked for most, most first. Any thread; a copy. */
    public List<Hot> top(int most) {
        return top(most, By.REQUESTS);
    }

    /**
     * The hottest keys, hottest first. Any thread; a copy.
     *
     * @param most how many at most
     */
    public List<Hot> top(int most, By by) {
        return sum(by, true).top(most);
    }

    /** The hottest tables, or in Redis databases, hottest first; of 200 at most. Any thread; a copy. */
    public List<Hot> topNamespaces(int most, By by) {
        return sum(by, false).top(most);
    }

    private HeatSum sum(By by, boolean ofKeys) {
        HeatSum sum = new HeatSum();
        heats.values().forEach(heat -> heat.addTo(sum, by, ofKeys));
        return sum;
    }

    /** Forgets all that was counted. Any thread. */
    public void reset() {
        heats.values().forEach(Heat::clear);
    }

    @Override
    public String toString() {
        return "HotKeys of " + tracked;
    }

    /** What a HotKeys may be told. */
    public static final class Builder {
        private static final int MOST_TRACKED = 1_000_000;

        private int tracked = 1_000;
        private int mostOfAKey = 128;
        private long halfLifeNanos = Duration.ofMinutes(1).toNanos();
        private long seed = new SecureRandom().nextLong();

        private Builder() {}

        /**
         * How many keys have a counter, of each kind and on each event loop. A counter takes about 100 bytes and the
         * first bytes of its key.
         *
         * @throws IllegalArgumentException if it is not from 1 to 1,000,000
         */
        public Builder tracking(int keys) {
            if (keys < 1 || keys > MOST_TRACKED) {
                throw new IllegalArgumentException("a HotKeys follows 1 to 1,000,000 keys, not " + keys);
            }
            tracked = keys;
            return this;
        }

        /**
         * How many bytes of a key are kept to tell of; 128 if not set.
         *
         * @throws IllegalArgumentException if it is not from 0 to 65,535
         */
        public Builder keyBytes(int most) {
            if (most < 0 || most > 0xffff) {
                throw new IllegalArgumentException("a HotKeys keeps 0 to 65,535 bytes of a key, not " + most);
            }
            mostOfAKey = most;
            return this;
        }

        /**
         * The time after which a request counts half.
         *
         * @throws IllegalArgumentException if it is not from a millisecond to 365 days
         */
        public Builder halfLife(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException("a HotKeys has a half-life of a millisecond to 365 days, not " + time
                        + "; with noFading() all counts until reset()");
            }
            halfLifeNanos = time.toNanos();
            return this;
        }

        /** What is old counts as much as what is new, until {@link HotKeys#reset()}. */
        public Builder noFading() {
            halfLifeNanos = 0;
            return this;
        }

        /** For tests that print it. */
        Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** The transform. */
        public HotKeys build() {
            return new HotKeys(this);
        }
    }
}
