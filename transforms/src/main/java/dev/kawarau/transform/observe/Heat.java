package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.HotKeys.By;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Ticker;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What one event loop counted. Weights are forward decayed (Cormode et al. 2009): what comes later weighs more, twice as
 * much for each half-life, and all is divided by the weight of the moment when it is asked for. So nothing has to be
 * changed as time passes, and the bounds of the summaries hold for what has faded. Thread-safe: the loop writes, others ask.
 */
final class Heat {
    /** Weights stay as exact as a double is, and counters are scaled once in so many half-lives. */
    private static final double MOST_HALF_LIVES = 32;

    /** For so much of a half-life weights stay the same, which is 0.07 percent wrong at most. */
    private static final long STEPS = 1_024;

    /** What a request was about: its keys, and the hash of each. */
    @SuppressWarnings("ArrayRecordComponent") // made for each request, and never compared
    record Asked(String namespace, long namespaceHash, List<ByteBuf> keys, long[] hashes) {}

    private final Ticker ticker;
    private final double halfLifeNanos;
    private final long stepNanos;
    private final Map<By, SpaceSaving> keys = new EnumMap<>(By.class);
    private final Map<By, SpaceSaving> namespaces = new EnumMap<>(By.class);
    private long landmark;
    private long grownAt;
    private double growth = 1;

    /** @param halfLifeNanos 0 if nothing fades */
    Heat(Ticker ticker, long halfLifeNanos, int capacity, int mostNamespaces, int mostOfAKey) {
        this.ticker = ticker;
        this.halfLifeNanos = halfLifeNanos;
        this.stepNanos = Math.max(1, halfLifeNanos / STEPS);
        this.landmark = ticker.nanoTime();
        this.grownAt = landmark;
        for (By by : By.values()) {
            keys.put(by, new SpaceSaving(capacity, mostOfAKey));
            namespaces.put(by, new SpaceSaving(mostNamespaces, 0));
        }
    }

    synchronized void asked(Asked asked, long nowNanos) {
        add(By.REQUESTS, asked, 1, 1, weight(nowNanos));
    }

    synchronized void answered(Asked asked, long bytes, long tookNanos, long nowNanos) {
        double weight = weight(nowNanos);
        double parts = Math.max(1, asked.hashes().length);
        add(By.BYTES, asked, (double) bytes, bytes / parts, weight);
        add(By.TIME, asked, (double) tookNanos, tookNanos / parts, weight);
    }

    private void add(By by, Asked asked, double whole, double part, double weight) {
        if (!asked.namespace().isEmpty()) {
            of(namespaces, by).add(asked.namespaceHash(), asked.namespace(), null, whole * weight);
        }
        SpaceSaving counters = of(keys, by);
        for (int i = 0; i < asked.hashes().length; i++) {
            counters.add(asked.hashes()[i], asked.namespace(), asked.keys().get(i), part * weight);
        }
    }

    private static SpaceSaving of(Map<By, SpaceSaving> counters, By by) {
        return Objects.requireNonNull(counters.get(by)); // there is one for each
    }

    private double weight(long nowNanos) {
        long since = nowNanos - grownAt;
        // Two threads look at the clock, so it may seem to go back a little.
        if (halfLifeNanos == 0 || since < stepNanos) {
            return growth;
        }
        double halfLives = (nowNanos - landmark) / halfLifeNanos;
        if (halfLives > MOST_HALF_LIVES) {
            double factor = Math.pow(2, -halfLives);
            keys.values().forEach(counters -> counters.scale(factor));
            namespaces.values().forEach(counters -> counters.scale(factor));
            landmark = nowNanos;
            halfLives = 0;
        }
        grownAt = nowNanos;
        growth = Math.pow(2, halfLives);
        return growth;
    }

    /** Adds what there is to a sum over event loops. */
    synchronized void addTo(HeatSum sum, By by, boolean ofKeys) {
        double weight = weight(ticker.nanoTime());
        sum.add(of(ofKeys ? keys : namespaces, by), 1 / weight);
    }

    synchronized void clear() {
        keys.values().forEach(SpaceSaving::clear);
        namespaces.values().forEach(SpaceSaving::clear);
    }
}
