package dev.kawarau.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop = new ManualIoEventLoop(
            null,
            Thread.currentThread(),
            executor -> LocalIoHandler.newFactory().newHandler(executor),
            ticker);
    private final long seed = System.nanoTime();
    private final Backoff backoff = new Backoff(loop, new SplittableRandom(seed));

    @AfterEach
    @SuppressWarnings("deprecation") // the graceful way waits for time to pass
    void stop() {
        loop.shutdown();
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }

    private boolean fail() {
        return backoff.failed(ticker.nanoTime());
    }

    /** How long it takes until the next attempt may be made. */
    private int pauseMillis() {
        int millis = 0;
        for (; backoff.isPausing(); millis++) {
            ticker.advanceMillis(1);
        }
        return millis;
    }

    @Test
    void theFirstAttemptIsMadeAtOnce() {
        assertThat(backoff.isPausing()).isFalse();
    }

    @Test
    void pausesGrowTwofoldUpToTwoSecondsAndAreDrawnFromTheirUpperHalf() {
        for (int longest : List.of(50, 100, 200, 400, 800, 1_600, 2_000, 2_000)) {
            fail();

            assertThat(pauseMillis()).as("pause, seed %d", seed).isBetween(longest / 2, longest);
        }
    }

    @Test
    void noTwoProxiesMarchInStep() {
        Backoff other = new Backoff(loop, new SplittableRandom(seed + 1));
        List<Boolean> apart = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            fail();
            other.failed(ticker.nanoTime());
            while (backoff.isPausing() && other.isPausing()) {
                ticker.advanceMillis(1);
            }
            apart.add(backoff.isPausing() != other.isPausing());
            ticker.advance(2, TimeUnit.SECONDS);
        }
        assertThat(apart).as("seed %d", seed).contains(true);
    }

    @Test
    void attemptsThatWereBegunTogetherFailAsOne() {
        long begun = ticker.nanoTime();
        ticker.advanceMillis(10);
        backoff.failed(begun);
        int first = pauseMillis();
        ticker.advanceMillis(500);

        backoff.failed(begun);

        assertThat(first).isPositive();
        assertThat(backoff.isPausing()).isFalse();
    }

    @Test
    void anAttemptThatSucceedsEndsThePauseAndTheNextOneIsShort() {
        for (int i = 0; i < 6; i++) {
            fail();
            pauseMillis();
        }
        fail();

        assertThat(backoff.reached()).isTrue();

        assertThat(backoff.isPausing()).isFalse();
        assertThat(backoff.reached()).isFalse();
        fail();
        assertThat(pauseMillis()).isLessThanOrEqualTo(50);
    }

    @Test
    void whatFailedBeforeTheServerWasReachedIsOfNoInterest() {
        long begun = ticker.nanoTime();
        ticker.advanceMillis(1);
        backoff.reached();

        backoff.failed(begun);

        assertThat(backoff.isPausing()).isFalse();
    }

    @Test
    void onlyTheFirstFailureIsNews() {
        assertThat(fail()).isTrue();
        pauseMillis();
        assertThat(fail()).isFalse();
        backoff.reached();
        assertThat(fail()).isTrue();
    }
}
