package dev.kawarau.benchmark.chaos;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a client may do to the proxy. */
enum ClientFault {
    /** Closes in the middle of its replies. */
    LEAVES(25),
    /** Resets the connection in the middle of its replies. */
    RESETS(25),
    /** Asks for megabytes and reads nothing, as if its machine were gone, for seconds. */
    VANISHES(6),
    /** Asks for megabytes and reads them bit by bit. */
    READS_SLOWLY(6),
    /** Begins a request and never ends it. */
    SENDS_HALF(12),
    /** Sends more than the byte budget has left, and reads nothing until it is sent; only when it is told to. */
    FLOODS(0);

    /** Of so many batches, one goes wrong in one of these ways, for a weight of one. */
    private static final int BATCHES = 20_000;

    private final int weight;

    ClientFault(int weight) {
        this.weight = weight;
    }

    static @Nullable ClientFault draw(SplittableRandom random) {
        int choice = random.nextInt(BATCHES);
        for (ClientFault fault : values()) {
            choice -= fault.weight;
            if (choice < 0) {
                return fault;
            }
        }
        return null;
    }
}
