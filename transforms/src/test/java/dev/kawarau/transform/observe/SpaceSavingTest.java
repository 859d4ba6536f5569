package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kawarau.transform.observe.HotKeys.Hot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds that are promised, against exact counts, on traffic as skewed as that of caches. */
class SpaceSavingTest {
    private static final int KEYS = 50_000;
    private static final int REQUESTS = 200_000;
    private static final double ROUNDING = 1e-6;

    private final Map<String, Double> exact = new HashMap<>();
    private double total;

    /** Keys whose number r is drawn with a probability of about 1 / r^exponent. */
    private static final class Zipf {
        private final double[] upTo = new double[KEYS];
        private final SplittableRandom random;

        Zipf(double exponent, SplittableRandom random) {
            this.random = random;
            double sum = 0;
            for (int i = 0; i < KEYS; i++) {
                sum += Math.pow(i + 1, -exponent);
                upTo[i] = sum;
            }
        }

        String next() {
            int place = Arrays.binarySearch(upTo, random.nextDouble() * upTo[KEYS - 1]);
            return "key:" + (place < 0 ? -place - 1 : place);
        }
    }

    private void add(SpaceSaving summary, String key, double weight, long seed) {
        ByteBuf bytes = Unpooled.copiedBuffer(key, StandardCharsets.US_ASCII);
        summary.add(KeyHash.of(bytes, seed), "0", bytes, weight);
        exact.merge(key, weight, Double::sum);
        total += weight;
    }

    private void holds(List<Hot> told, int counters) {
        double bound = total / counters;
        for (Hot hot : told) {
            double truth = exact.getOrDefault(hot.key(), 0.0);
            assertThat(hot.amount()).isGreaterThanOrEqualTo(truth - ROUNDING);
            assertThat(hot.amount() - hot.error()).isLessThanOrEqualTo(truth + ROUNDING);
            assertThat(hot.error()).isLessThanOrEqualTo(bound + ROUNDING);
        }
        assertThat(told.stream().map(Hot::key))
                .as("all that have more than 1/m of the whole")
                .containsAll(exact.keySet().stream()
                        .filter(key -> exact.get(key) > bound)
                        .toList());
    }

    private static List<Hot> sum(SpaceSaving... summaries) {
        HeatSum sum = new HeatSum();
        Stream.of(summaries).forEach(summary -> sum.add(summary, 1));
        return sum.top(Integer.MAX_VALUE);
    }

    @ParameterizedTest(name = "exponent {0}, {1} counters, seed {2}")
    @CsvSource({"0.7,1000,1", "1.0,1000,2", "1.0,100,3", "1.2,50,4", "0,100,5"})
    void whatIsToldOfIsWithinItsBounds(double exponent, int counters, long seed) {
        SpaceSaving summary = new SpaceSaving(counters, 128);
        SplittableRandom random = new SplittableRandom(seed);
        Zipf keys = new Zipf(exponent, random);
        for (int i = 0; i < REQUESTS; i++) {
            add(summary, keys.next(), 1 + random.nextInt(1_000), seed);
        }

        assertThat(summary.total()).isCloseTo(total, within(ROUNDING));
        holds(sum(summary), counters);
    }

    @ParameterizedTest(name = "seed {0}")
    @CsvSource({"11", "12", "13"})
    void whatSeveralLoopsCountedAddsUpWithinTheSameBounds(long seed) {
        SpaceSaving[] summaries = {new SpaceSaving(200, 128), new SpaceSaving(200, 128), new SpaceSaving(200, 128)};
        SplittableRandom random = new SplittableRandom(seed);
        Zipf keys = new Zipf(1, random);
        for (int i = 0; i < REQUESTS; i++) {
            // Loops have unequal shares of the traffic, and the last one has too few keys to fill its counters.
            int loop = i < 100 ? 2 : random.nextInt(10) < 7 ? 0 : 1;
            add(summaries[loop], keys.next(), 1, seed);
        }

        holds(sum(summaries), 200);
    }

    @Test
    void theHottestKeysOfSkewedTrafficComeFirstAndInOrder() {
        SpaceSaving summary = new SpaceSaving(1_000, 128);
        Zipf keys = new Zipf(1.1, new SplittableRandom(21));
        for (int i = 0; i < REQUESTS; i++) {
            add(summary, keys.next(), 1, 21);
        }

        List<String> hottest = exact.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(10)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(sum(summary)).extracting(Hot::key).startsWith(hottest.toArray(String[]::new));
    }

    @Test
    void fewKeysAreCountedExactly() {
        SpaceSaving summary = new SpaceSaving(100, 128);
        SplittableRandom random = new SplittableRandom(31);
        for (int i = 0; i < 10_000; i++) {
            add(summary, "key:" + random.nextInt(100), 1 + random.nextInt(9), 31);
        }

        Map<String, Double> told = sum(summary).stream().collect(Collectors.toMap(Hot::key, Hot::amount));
        assertThat(told).isEqualTo(exact);
        assertThat(sum(summary)).allSatisfy(hot -> assertThat(hot.error()).isZero());
    }

    @Test
    void clearedAndScaledItGoesOnAsBefore() {
        SpaceSaving summary = new SpaceSaving(3, 128);
        Function<Integer, String> name = i -> "key:" + i;
        for (int i = 0; i < 1_000; i++) {
            add(summary, name.apply(i % 7), 1, 41);
        }
        summary.scale(0.5);
        exact.replaceAll((key, amount) -> amount / 2);
        total /= 2;
        add(summary, name.apply(8), 1, 41);
        holds(sum(summary), 3);

        summary.clear();
        exact.clear();
        total = 0;
        assertThat(sum(summary)).isEmpty();
        add(summary, name.apply(9), 2, 41);
        assertThat(sum(summary)).containsExactly(new Hot("0", "key:9", 2, 0, 1));
    }
}
