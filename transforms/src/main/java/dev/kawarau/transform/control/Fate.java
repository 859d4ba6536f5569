package dev.kawarau.transform.control;

import dev.kawarau.transform.control.FaultInjection.Fault;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong with one request.
 *
 * @param isDelayed whether it waits first
 * @param share how much of the longest wait beyond the least, from 0 to 1
 * @param fault what else happens to it; null for nothing
 * @param isLate whether the connection is cut after the request was carried out
 */
record Fate(boolean isDelayed, double share, @Nullable Fault fault, boolean isLate) {
    private static final Fault[] FAULTS = Fault.values();

    /** Nothing. */
    static final Fate NONE = new Fate(false, 0, null, false);

    /** The fates of one session's requests, in their order: the same for the same seed. Confined to the session's loop. */
    static final class Series {
        private final long base;
        private long requests;

        /** @param session its number among those that the faults are for */
        Series(long seed, long session) {
            // Twice, so that neither seeds nor sessions that are neighbours have anything in common.
            long mixed = new SplittableRandom(seed).nextLong();
            this.base = new SplittableRandom(mixed + session).nextLong();
        }

        /** That of a request which is not for chance to harm. */
        Fate skip() {
            requests++;
            return NONE;
        }

        /** That of the next request. */
        Fate next(FaultRates rates) {
            SplittableRandom chance = new SplittableRandom(base + requests++);
            boolean isDelayed = false;
            Fault worst = null;
            // All is drawn whatever the rates are, so that who changes one of them changes nothing of the others.
            for (Fault fault : FAULTS) {
                boolean hit = chance.nextDouble() < rates.of(fault);
                if (fault == Fault.DELAY) {
                    isDelayed = hit;
                } else if (hit && worst == null) {
                    worst = fault;
                }
            }
            return new Fate(isDelayed, chance.nextDouble(), worst, chance.nextBoolean());
        }
    }
}
