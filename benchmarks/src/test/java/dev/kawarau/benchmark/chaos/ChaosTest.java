package dev.kawarau.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few seconds of what {@link Chaos} does for minutes. A failure prints the seed. */
class ChaosTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "--transparent"})
    void everyReplyIsRightAndNothingIsLeftBehindWhileTheServerDiesAgainAndAgain(String mode) throws Exception {
        List<String> options =
                new ArrayList<>(List.of("--commands", "4000", "--faults", "4", "--clients", "40", "--budget-mb", "4"));
        if (!mode.isEmpty()) {
            options.add(mode);
        }

        Summary summary = new ChaosRun(ChaosOptions.parse(options.toArray(String[]::new)), LeakCount.none()).run();

        assertThat(summary.tally().told()).as(summary.toString()).isEmpty();
        assertThat(summary.tally().succeeded.sum()).isGreaterThanOrEqualTo(4_000);
        assertThat(Tally.sum(summary.tally().faults())).isEqualTo(4);
    }
}
