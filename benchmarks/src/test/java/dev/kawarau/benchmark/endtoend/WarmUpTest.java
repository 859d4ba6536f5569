package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    private static final Case LOAD = new Case("get", 64, 50, 16);

    private long now;
    private final WarmUp warmUp = new WarmUp(Duration.ofSeconds(10), () -> now);

    private String run(Queue<Double> rates) {
        return warmUp.run(Peer.KAWARAU, List.of(LOAD), loads -> {
            now += Duration.ofSeconds(1).toNanos();
            return rates.remove();
        });
    }

    @Test
    void itEndsWhenTwoPassesInARowAreNoFaster() {
        Queue<Double> rates = new ArrayDeque<>(List.of(100.0, 200.0, 201.0, 300.0, 301.0, 250.0, 999.0));
        assertThat(run(rates)).isEqualTo("warm-up of Kawarau: pipeline of 16 steady after 6 passes");
        assertThat(rates).containsExactly(999.0);
    }

    @Test
    void whatGrowsForeverIsBounded() {
        Queue<Double> rates = new ArrayDeque<>();
        for (int i = 0; i < 20; i++) {
            rates.add(Math.pow(2, i));
        }
        assertThat(run(rates)).isEqualTo("warm-up of Kawarau: pipeline of 16 still growing after 10 passes");
        assertThat(rates).hasSize(10);
    }

    @Test
    void everyPipelineIsWarmedWithTheMiddleNumberOfConnections() {
        List<List<Case>> passes = new ArrayList<>();
        String line = warmUp.run(Peer.BARE_RELAY, Case.all(), loads -> {
            passes.add(loads);
            return 1;
        });
        assertThat(line)
                .isEqualTo("warm-up of bare relay: pipeline of 1 steady after 3 passes;"
                        + " pipeline of 16 steady after 3 passes; pipeline of 64 steady after 3 passes");
        assertThat(passes).hasSize(9);
        for (int i = 0; i < passes.size(); i++) {
            int pipeline = Case.PIPELINES.get(i / 3);
            assertThat(passes.get(i))
                    .containsExactly(
                            new Case("get", 64, 50, pipeline),
                            new Case("get", 4096, 50, pipeline),
                            new Case("set", 64, 50, pipeline),
                            new Case("set", 4096, 50, pipeline));
        }
    }

    @Test
    void aPeerThatFailsIsSaidAndNotTriedAgain() {
        List<List<Case>> passes = new ArrayList<>();
        String line = warmUp.run(Peer.KAWARAU, Case.all(), loads -> {
            passes.add(loads);
            throw new RedisBenchmark.Failed("the process is gone");
        });
        assertThat(line).isEqualTo("warm-up of Kawarau: pipeline of 1 failed, the process is gone");
        assertThat(passes).hasSize(1);
    }
}
