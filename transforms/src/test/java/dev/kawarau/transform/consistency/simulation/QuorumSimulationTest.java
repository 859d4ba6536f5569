package dev.kawarau.transform.consistency.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every key is linearizable, whatever servers, links and clocks do. A seed decides everything, so a failure is replayed by
 *
 * <pre>mvn test -pl transforms -am -Dtest=QuorumSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=N</pre>
 *
 * and {@code -Dsimulation.seeds=100000} runs as many seeds.
 */
class QuorumSimulationTest {
    private static final long ONE = Long.getLong("simulation.seed", -1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // for as many seeds as anybody likes
    void everyKeyIsLinearizableUnderEverySeed() {
        long first = ONE >= 0 ? ONE : FIRST;
        int seeds = ONE >= 0 ? 1 : SEEDS;
        List<String> failures = new ArrayList<>();
        long accesses = 0;
        for (long seed = first; seed < first + seeds && failures.size() < 10; seed++) {
            QuorumRun.Result result = QuorumRun.of(seed, ONE >= 0);
            accesses += result.accesses();
            if (!result.problems().isEmpty()) {
                failures.add(
                        "-Dsimulation.seed=" + seed + ": " + result.problems().get(0));
            }
        }
        assertThat(failures).as("failures, each with the seed that replays it").isEmpty();
        assertThat(accesses).isGreaterThan(seeds * 50L);
    }

    @Test
    void aSeedReplaysTheSameRun() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(QuorumRun.of(seed, false).traceHash())
                    .as("trace of seed %d", seed)
                    .isEqualTo(QuorumRun.of(seed, false).traceHash());
        }
    }
}
