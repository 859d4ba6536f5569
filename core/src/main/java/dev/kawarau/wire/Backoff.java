package dev.kawarau.wire;

import io.netty.channel.EventLoop;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Decides when a server that could not be reached is tried again. Pauses grow twofold from 50 ms to two seconds, and each is
 * drawn from its upper half, so that proxies do not march in step. Confined to its event loop.
 */
public final class Backoff {
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

    private final LoopClock clock;
    private final SplittableRandom random;
    private boolean failing;
    private long pause;
    private long pauseUntil;

    /** When the server was last found to be there or not; what was begun before adds nothing to that. */
    private long judged;

    /** For a server that nothing is known of as yet, and that may be tried at once. */
    public Backoff(EventLoop loop, SplittableRandom random) {
        this.clock = LoopClock.of(loop);
        this.random = random;
        this.judged = clock.nanoTime();
    }

    /** Whether it is too early to try again. */
    public boolean isPausing() {
        return failing && clock.nanoTime() - pauseUntil < 0;
    }

    /**
     * An attempt has failed. Many that were begun together fail together, and are one sign of trouble, not many.
     *
     * @param begunNanos when it was begun, by the loop's {@link LoopClock}
     * @return whether it is the first that failed since the server was reached, or at all
     */
    public boolean failed(long begunNanos) {
        if (begunNanos - judged < 0) {
            return false;
        }
        boolean isFirst = !failing;
        failing = true;
        pause = pause == 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
        judged = clock.nanoTime();
        pauseUntil = judged + pause / 2 + random.nextLong(pause / 2);
        return isFirst;
    }

    /**
     * The server was reached, so the next pause is short again.
     *
     * @return whether it could not be reached before
     */
    public boolean reached() {
        boolean wasFailing = failing;
        failing = false;
        pause = 0;
        judged = clock.nanoTime();
        return wasFailing;
    }
}
