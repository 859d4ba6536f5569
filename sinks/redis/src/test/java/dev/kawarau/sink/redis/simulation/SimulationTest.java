package dev.kawarau.sink.redis.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.simulation.Seeds;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole proxy under virtual time, with clients and a server that do what clients and servers do on bad days. A seed
 * decides everything, so a failure is replayed, with all that happened, by
 *
 * <pre>mvn test -pl sinks/redis -am -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=N</pre>
 *
 * and {@code -Dsimulation.seeds=100000} runs as many seeds.
 */
class SimulationTest {
    private static final Seeds SEEDS = Seeds.ofProperties(2_000);

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // for as many seeds as anybody likes
    void everyPromiseHoldsUnderEverySeed() throws InterruptedException {
        LongAdder requests = new LongAdder();
        List<String> failures = SEEDS.failures(seed -> {
            Run.Result result = Run.of(seed, SEEDS.talks());
            requests.add(result.requests());
            return result.problems();
        });
        assertThat(failures).as("failures, each with the seed that replays it").isEmpty();
        assertThat(requests.sum()).isGreaterThan(SEEDS.count());
    }

    @Test
    void aSeedReplaysTheSameRun() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(Run.of(seed, false).traceHash())
                    .as("trace of seed %d", seed)
                    .isEqualTo(Run.of(seed, false).traceHash());
        }
    }
}
