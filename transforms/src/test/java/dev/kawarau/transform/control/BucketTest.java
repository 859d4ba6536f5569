package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** That many requests passed at that time. */
    private record Passed(long at, int requests) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void inNoStretchOfTimeMorePassesThanTheRateAndABurst(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Rate rate = Rate.of(random.nextLong(1, 100_000), SECOND, random.nextLong(1, 50));
        Bucket bucket = new Bucket();
        List<Passed> passed = new ArrayList<>();
        long now = random.nextLong(-SECOND * 1_000, SECOND * 1_000);
        long interval = SECOND / rate.requests();
        for (int i = 0; i < 1_500; i++) {
            now += random.nextInt(20) == 0
                    ? random.nextLong(interval * rate.burst() * 2)
                    : random.nextLong(interval + 2);
            int requests = random.nextInt(1, (int) Math.min(4, rate.burst()) + 1);
            long most = random.nextInt(3) == 0 ? interval * random.nextLong(10) : 0;
            long wait = bucket.take(rate, requests, now, most);
            if (wait >= 0) {
                assertThat(wait).isLessThanOrEqualTo(most);
                passed.add(new Passed(now + wait, requests));
            }
        }
        passed.sort((a, b) -> Long.compare(a.at(), b.at()));
        assertThat(passed).hasSizeGreaterThan(100);
        for (int from = 0; from < passed.size(); from++) {
            long sum = 0;
            for (int to = from; to < passed.size(); to++) {
                sum += passed.get(to).requests();
                double most = rate.burst()
                        + (double) (passed.get(to).at() - passed.get(from).at()) * rate.requests() / SECOND;
                // A wait is of whole nanoseconds, so up to one of them is missing between two that passed.
                assertThat((double) sum).as("seed %d, %s", seed, rate).isLessThanOrEqualTo(most + 1e-3);
            }
        }
    }

    @Test
    void whatIsRefusedTakesNothing() {
        Rate rate = Rate.of(10, SECOND, 2);
        Bucket bucket = new Bucket();

        assertThat(bucket.take(rate, 2, 0, 0)).isZero();
        for (int i = 0; i < 100; i++) {
            assertThat(bucket.take(rate, 1, SECOND / 20, 0)).isEqualTo(Bucket.TOO_LONG);
        }
        assertThat(bucket.take(rate, 1, SECOND / 10, 0)).isZero();
    }

    @Test
    void turnsAreReservedOneAfterTheOther() {
        Rate rate = Rate.of(10, SECOND, 1);
        Bucket bucket = new Bucket();

        assertThat(bucket.take(rate, 1, 0, SECOND)).isZero();
        assertThat(bucket.take(rate, 1, 0, SECOND)).isEqualTo(SECOND / 10);
        assertThat(bucket.take(rate, 1, 0, SECOND)).isEqualTo(2 * SECOND / 10);
        assertThat(bucket.take(rate, 1, 0, 2 * SECOND / 10)).isEqualTo(Bucket.TOO_LONG);
    }

    @Test
    void aRateThatDoesNotDivideTheSecondLosesLittle() {
        Rate rate = Rate.of(7_000_001, SECOND, 1);
        Bucket bucket = new Bucket();
        int passed = 0;
        for (long now = 0; now < SECOND / 100; now += 20) {
            passed += bucket.take(rate, 1, now, 0) == 0 ? 1 : 0;
        }
        // A request can only come every 20 ns, and so a burst of 1 loses up to that for each.
        assertThat(passed).isBetween(62_000, 70_001);
    }

    @Test
    void onlyAFullBucketIsRetiredAndThenGivesNothing() {
        Rate rate = Rate.of(10, SECOND, 5);
        Bucket bucket = new Bucket();
        bucket.take(rate, 1, 0, 0);

        assertThat(bucket.retireIfFull(SECOND / 20)).isFalse();
        assertThat(bucket.retireIfFull(SECOND / 10)).isTrue();
        assertThat(bucket.take(rate, 1, SECOND, SECOND)).isEqualTo(Bucket.RETIRED);
    }

    @Test
    void whatIsNoRateIsRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.of(0, SECOND, 1))
                .withMessageContaining("at least one request")
                .withMessageContaining("Returner.failing");
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(2_000_000_000, SECOND, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.of(1, TimeUnit.DAYS.toNanos(2), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.of(1, TimeUnit.DAYS.toNanos(1), 1_000_000))
                .withMessageContaining("a year");
    }
}
