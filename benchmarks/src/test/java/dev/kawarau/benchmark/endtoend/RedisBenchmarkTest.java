package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What redis-benchmark is told, and what it prints, read. */
class RedisBenchmarkTest {

    private static final String PROGRESS = "\rGET: rps=0.0 (overall: 0.0) avg_msec=-nan (overall: -nan)\r"
            + "          \rGET: rps=48797.7 (overall: 48420.8) avg_msec=0.774 (overall: 0.774)\r"
            + "          \rGET: rps=54972.6 (overall: 49588.9) avg_msec=0.761 (overall: 0.795)\r     \r";
    private static final String SUMMARY = """
            ====== GET ======
              150000 requests completed in 3.10 seconds

            Latency by percentile distribution:
            0.000% <= 0.055 milliseconds (cumulative count 64)

            Summary:
              throughput summary: 48465.27 requests per second
              latency summary (msec):
                      avg       min       p50       p95       p99       max
                    0.795     0.048     0.327     1.911     7.079   392.447
            """;

    private final RedisBenchmark benchmark = new RedisBenchmark(Path.of("redis-benchmark"), ProcessHandle.current(), 2);

    @Test
    void theToolHasThreadsWhereThereAreAsManyConnections() {
        assertThat(benchmark.arguments(new Case("get", 64, 50, 16), "1", "9")).containsSequence("--threads", "2");
        assertThat(benchmark.arguments(new Case("get", 64, 2, 16), "1", "9")).containsSequence("--threads", "2");
        assertThat(benchmark.arguments(new Case("get", 64, 1, 16), "1", "9")).doesNotContain("--threads");
    }

    /** With {@code --threads 1} it would wait for its clock all the same. */
    @Test
    void oneThreadIsNotAskedFor() {
        RedisBenchmark alone = new RedisBenchmark(Path.of("redis-benchmark"), ProcessHandle.current(), 1);
        assertThat(alone.arguments(new Case("get", 64, 50, 16), "1", "9")).doesNotContain("--threads");
    }

    @Test
    void withoutThreadsTheRateIsThatOfTheSummary() throws RedisBenchmark.Failed {
        assertThat(RedisBenchmark.parse("WARNING: Could not fetch server CONFIG\n" + PROGRESS + SUMMARY, false))
                .contains(new RedisBenchmark.Summary(48465.27, 327, 7079));
    }

    @Test
    void withThreadsTheRateIsThatOfTheLastProgress() throws RedisBenchmark.Failed {
        assertThat(RedisBenchmark.parse(PROGRESS + SUMMARY, true))
                .contains(new RedisBenchmark.Summary(49588.9, 327, 7079));
    }

    @Test
    void withThreadsARunWithoutProgressIsTooShort() throws RedisBenchmark.Failed {
        String none = "GET: rps=0.0 (overall: 0.0) avg_msec=-nan (overall: -nan)\r";
        assertThat(RedisBenchmark.parse(none + SUMMARY, true)).isEmpty();
    }

    @Test
    void outputWithoutASummaryIsQuoted() {
        assertThatThrownBy(() -> RedisBenchmark.parse("Error: Server closed the connection\n", true))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessageContaining("no result")
                .hasMessageEndingWith("Error: Server closed the connection");
    }

    @Test
    void aVersionWithoutPercentilesIsRefused() {
        assertThatThrownBy(() -> RedisBenchmark.parse("throughput summary: 1.00 requests per second\n", false))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessage("redis-benchmark printed no percentiles; 6.2 or later does");
        assertThatThrownBy(() -> RedisBenchmark.parse(SUMMARY.replace("p99", "max"), false))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessage("redis-benchmark printed no p99; 6.2 or later does");
    }

    @Test
    void whatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> RedisBenchmark.parse(SUMMARY.replace("0.327", "many"), false))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessage("redis-benchmark printed \"many\" for a number");
    }
}
