package dev.kawarau.sink.cassandra.simulation;

import dev.kawarau.cql.CqlCompression;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a seed decides before a run begins: how the proxy is set up, and how hard its life will be.
 *
 * @param remembers whether the listener has room to remember prepared statements
 */
record Plan(
        Users users,
        CqlCompression sinkCompression,
        int connectionsPerLoop,
        int maxStreams,
        int maxOwnConnections,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration idleTimeout,
        int maxInFlight,
        long budgetBytes,
        boolean delayedReplies,
        int slowestLatency,
        int slowestAnswer,
        int slowestClient,
        int clients,
        int steps,
        int faults,
        boolean errors,
        boolean remembers,
        boolean largeValues,
        boolean clientsLeave) {

    /** Whom the server lets in. */
    enum Users {
        ANYBODY,
        /** Only those that it knows, and the sink is one. */
        SINK,
        /** Only those that it knows, and the clients are. */
        CLIENTS
    }

    static Plan draw(SplittableRandom random) {
        return new Plan(
                Users.values()[random.nextInt(3)],
                // Snappy is not in version 5, which clients may speak.
                random.nextInt(3) == 0 ? CqlCompression.LZ4 : CqlCompression.NONE,
                1 + random.nextInt(3),
                pick(random, 1, 2, 8, 300, 4_096, 4_096),
                pick(random, 1, 3, 10_000, 10_000),
                Duration.ofMillis(pick(random, 200, 1_000, 5_000)),
                Duration.ofMillis(pick(random, 300, 2_000, 12_000)),
                Duration.ofMillis(pick(random, 100, 2_000, 60_000)),
                pick(random, 1, 2, 5, 50, 4_096, 4_096),
                pick(random, 100_000, 1 << 30, 1 << 30),
                random.nextInt(3) == 0,
                pick(random, 1, 4, 40),
                pick(random, 1, 20, 400, 4_000),
                pick(random, 1, 4, 40),
                1 + random.nextInt(6),
                3 + random.nextInt(14),
                random.nextInt(4) == 0 ? 0 : random.nextInt(8),
                random.nextInt(3) == 0,
                random.nextInt(8) > 0,
                random.nextInt(6) == 0,
                random.nextInt(3) > 0);
    }

    /** Whether some clients may find no connection for their credentials or their events. */
    boolean isScarce() {
        return maxOwnConnections < 2 * clients;
    }

    private static int pick(SplittableRandom random, int... from) {
        return from[random.nextInt(from.length)];
    }
}
