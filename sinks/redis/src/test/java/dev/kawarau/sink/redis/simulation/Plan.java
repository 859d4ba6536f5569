package dev.kawarau.sink.redis.simulation;

import dev.kawarau.ListenerBuilder.Overflow;
import java.time.Duration;
import java.util.SplittableRandom;

/** What a seed decides before a run begins: how the proxy is set up, and how hard its life will be. */
record Plan(
        boolean transparent,
        int database,
        int connectionsPerLoop,
        int maxOwnConnections,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration upstreamIdle,
        int maxInFlight,
        long maxHeldBytes,
        long budgetBytes,
        int maxConnections,
        Overflow overflow,
        Duration frameTimeout,
        Duration writeTimeout,
        boolean delayedReplies,
        String serverVersion,
        int slowestLatency,
        int slowestClientGap,
        int clients,
        int steps,
        int faults,
        boolean largeValues,
        boolean clientsLeave) {

    static Plan draw(SplittableRandom random) {
        boolean transparent = random.nextInt(4) == 0;
        boolean few = random.nextInt(8) == 0;
        return new Plan(
                transparent,
                transparent || random.nextInt(3) > 0 ? 0 : 3,
                1 + random.nextInt(3),
                pick(random, 1, 2, 3, 10_000, 10_000, 10_000),
                Duration.ofMillis(pick(random, 200, 1_000, 5_000)),
                Duration.ofMillis(pick(random, 300, 2_000, 10_000)),
                Duration.ofMillis(pick(random, 100, 2_000, 60_000)),
                pick(random, 1, 2, 5, 50, 4_096, 4_096),
                pick(random, 2_000, 100_000, 64 << 20, 64 << 20),
                pick(random, 3_000, 100_000, 1 << 30, 1 << 30),
                few ? 1 + random.nextInt(3) : 10_000,
                random.nextBoolean() ? Overflow.REFUSE : Overflow.WAIT,
                Duration.ofMillis(pick(random, 2_000, 30_000)),
                Duration.ofMillis(pick(random, 1_000, 60_000)),
                random.nextInt(3) == 0,
                random.nextInt(4) == 0 ? "6.2.14" : "7.4.1",
                pick(random, 1, 4, 40, 400),
                pick(random, 1, 4, 40),
                1 + random.nextInt(6),
                3 + random.nextInt(14),
                random.nextInt(4) == 0 ? 0 : random.nextInt(8),
                random.nextInt(10) == 0,
                random.nextInt(3) > 0);
    }

    /** Whether one reply may be more than the process may hold: whoever is due such a one, and more, is closed. */
    boolean isTight() {
        return budgetBytes < 1 << 20;
    }

    private static int pick(SplittableRandom random, int... from) {
        return from[random.nextInt(from.length)];
    }
}
