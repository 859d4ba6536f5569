package dev.kawarau.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A few seconds of what {@link QuorumChaos} does for an hour. A failure prints the seed. */
class QuorumChaosTest {
    @Test
    void everyKeyIsLinearizableWhileServersDieAndPause() throws InterruptedException {
        QuorumChaosRun.Result result = new QuorumChaosRun(System.nanoTime(), 6, 2, false).run(Duration.ofSeconds(8));

        assertThat(result.violations()).as(result.toString()).isEmpty();
        assertThat(result.answered()).as(result.toString()).isPositive();
        assertThat(result.checked()).isEqualTo(result.answered() + result.failed());
    }
}
