package dev.kawarau.sink.cassandra.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole proxy under virtual time, with clients and a node that do what clients and servers do on bad days. A seed
 * decides everything, so a failure is replayed, with all that happened, by
 *
 * <pre>mvn test -pl sinks/cassandra -am -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=N</pre>
 *
 * and {@code -Dsimulation.seeds=100000} runs as many seeds.
 */
class SimulationTest {
    private static final long ONE = Long.getLong("simulation.seed", -1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // for as many seeds as anybody likes
    void everyPromiseHoldsUnderEverySeed() {
        long first = ONE >= 0 ? ONE : FIRST;
        int seeds = ONE >= 0 ? 1 : SEEDS;
        List<String> failures = new ArrayList<>();
        long requests = 0;
        for (long seed = first; seed < first + seeds && failures.size() < 20; seed++) {
            Run.Result result = Run.of(seed, ONE >= 0);
            requests += result.requests();
            if (!result.problems().isEmpty()) {
                failures.add(
                        "-Dsimulation.seed=" + seed + ": " + result.problems().get(0)
                                + (result.problems().size() > 1
                                        ? " (and " + (result.problems().size() - 1) + " more)"
                                        : ""));
            }
        }
        assertThat(failures).as("failures, each with the seed that replays it").isEmpty();
        assertThat(requests).isGreaterThan(seeds);
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
