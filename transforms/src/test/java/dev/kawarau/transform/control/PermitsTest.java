package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PermitsTest {
    @Test
    void whoeverWaitedLongestIsNext() {
        Permits permits = new Permits(() -> 1, null);
        StringBuilder order = new StringBuilder();

        assertThat(permits.take()).isTrue();
        assertThat(permits.takeOrWait(() -> order.append('a'))).isFalse();
        assertThat(permits.takeOrWait(() -> order.append('b'))).isFalse();
        assertThat(permits.take()).isFalse();
        permits.giveBack();
        permits.giveBack();
        permits.giveBack();

        assertThat(order.toString()).isEqualTo("ab");
        assertThat(permits.take()).isTrue();
    }

    @Test
    void whoeverWithdrewIsLeftOut() {
        Permits permits = new Permits(() -> 1, null);
        StringBuilder order = new StringBuilder();
        Permits.Candidate leaving = () -> order.append('a');

        permits.take();
        permits.takeOrWait(leaving);
        permits.takeOrWait(() -> order.append('b'));

        assertThat(permits.withdraw(leaving)).isTrue();
        assertThat(permits.withdraw(leaving)).isFalse();
        permits.giveBack();
        assertThat(order.toString()).isEqualTo("b");
    }

    /** The race of the last who gives back with the first who waits. */
    @Test
    void manyThreadsNeverHoldMoreThanTheLimitAndNobodyIsForgotten() throws InterruptedException {
        int limit = 3;
        int threads = 4;
        int rounds = 50_000;
        Permits permits = new Permits(() -> limit, null);
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads * rounds);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        Runnable hold = () -> {
            most.accumulateAndGet(held.incrementAndGet(), Math::max);
            held.decrementAndGet();
            permits.giveBack();
            done.countDown();
        };
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> {
                for (int round = 0; round < rounds; round++) {
                    if (permits.take() || permits.takeOrWait(() -> pool.execute(hold))) {
                        hold.run();
                    }
                }
            });
        }

        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, limit);
        pool.shutdown();
    }
}
