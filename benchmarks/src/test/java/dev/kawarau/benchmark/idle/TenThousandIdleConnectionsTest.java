package dev.kawarau.benchmark.idle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Real clients, a real proxy in a JVM of its own, a real server. Each run ends with a request of every client. */
class TenThousandIdleConnectionsTest {
    private static final long MOST_BYTES = 10 * 1024;
    private static final Pattern CONNECTION =
            Pattern.compile("dev\\.kawarau\\.(ClientConnection|sink\\.redis\\.(UpstreamConnection|Route))$");

    @Test
    void anIdleConnectionCostsAtMostTenKibibytesAndTenThousandLiveInAHeapOf256Mebibytes() throws Exception {
        IdleConnections.Result result = run("--connections", connections(10_000), "--heap", "256m");

        // No connection is as small as the smaller number: that would be a mistake in measuring.
        assertThat(result.each().total()).as(words(result)).isBetween(500L, MOST_BYTES);
    }

    @Test
    void aConnectionThatWasBusyCostsNoMoreWhenItIsIdleAgain() throws Exception {
        IdleConnections.Result result = run("--connections", connections(100), "--pipeline", "3000");

        // What there is of direct memory was needed for all of them at the busiest moment, and is no one's own.
        assertThat(result.each().heap()).as(words(result)).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void aConnectionWithAnUpstreamOfItsOwnCostsNoMoreEitherAndLeavesNothingBehind() throws Exception {
        IdleConnections.Result result = run("--connections", connections(100), "--pipeline", "3000", "--transparent");

        assertThat(result.each().heap()).as(words(result)).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(result.classes()).anyMatch(TenThousandIdleConnectionsTest::isConnection);
        assertThat(result.classesLeft()).isNotEmpty().noneMatch(TenThousandIdleConnectionsTest::isConnection);
    }

    private static boolean isConnection(String line) {
        return CONNECTION.matcher(line).find();
    }

    private static IdleConnections.Result run(String... options) throws IOException, InterruptedException {
        try (IdleConnections idle = new IdleConnections(IdleOptions.parse(options))) {
            return idle.run();
        }
    }

    private static String words(IdleConnections.Result result) {
        return result.before() + "\n" + result.with() + "\n" + String.join("\n", result.classes());
    }

    private static String connections(int wanted) {
        int possible = FileLimit.connections();
        if (possible < wanted) {
            System.out.println("Only " + possible + " connections and not " + wanted
                    + ": the limit of open files is too low (ulimit -Hn).");
        }
        return Integer.toString(Math.min(possible, wanted));
    }
}
