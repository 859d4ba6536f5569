package dev.kawarau.transform.consistency.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.simulation.Seeds;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
    private static final Seeds SEEDS = Seeds.ofProperties(1_000);

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // for as many seeds as anybody likes
    void everyKeyIsLinearizableUnderEverySeed() throws InterruptedException {
        LongAdder accesses = new LongAdder();
        List<String> failures = SEEDS.failures(seed -> {
            QuorumRun.Result result = QuorumRun.of(seed, SEEDS.talks());
            accesses.add(result.accesses());
            return result.problems();
        });
        assertThat(failures).as("failures, each with the seed that replays it").isEmpty();
        assertThat(accesses.sum()).isGreaterThan(SEEDS.count() * 50L);
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
