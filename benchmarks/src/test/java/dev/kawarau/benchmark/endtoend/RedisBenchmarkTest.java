package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What redis-benchmark prints, read. */
class RedisBenchmarkTest {

    private static final String HEADER = "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\","
            + "\"p95_latency_ms\",\"p99_latency_ms\",\"max_latency_ms\"\n";

    @Test
    void theLineOfTheCommandIsFoundByTheHeadersNames() throws RedisBenchmark.Failed {
        RedisBenchmark.Line line = RedisBenchmark.parse(
                "get",
                "WARNING: Could not fetch server CONFIG\n" + HEADER
                        + "\"SET\",\"1.00\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\"\n"
                        + "\"GET\",\"181818.19\",\"0.066\",\"0.024\",\"0.071\",\"0.103\",\"0.119\",\"0.303\"\n");
        assertThat(line).isEqualTo(new RedisBenchmark.Line(181818.19, 71, 119));
    }

    @Test
    void outputWithoutTheCommandIsQuoted() {
        assertThatThrownBy(() -> RedisBenchmark.parse("get", HEADER + "Error: Server closed the connection\n"))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessageContaining("no result")
                .hasMessageEndingWith("Error: Server closed the connection");
    }

    @Test
    void aVersionWithoutLatenciesIsRefused() {
        assertThatThrownBy(() -> RedisBenchmark.parse("get", "\"GET\",\"181818.19\"\n"))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessage("redis-benchmark printed no rps; 6.2 or later does");
    }

    @Test
    void whatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> RedisBenchmark.parse("get", "\"test\",\"rps\"\n\"GET\",\"many\"\n"))
                .isInstanceOf(RedisBenchmark.Failed.class)
                .hasMessage("redis-benchmark printed \"many\" for rps");
    }
}
