package dev.kawarau.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs once with each of its parameters, so that none rots unseen; how long it takes is not judged. */
class BenchmarksTest {

    @BeforeAll
    static void letOthersMeasureAtTheSameTime() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    private static Collection<RunResult> runOnce(String benchmark) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("\\." + benchmark + "\\.")
                        .mode(Mode.SingleShotTime)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReplyBenchmark",
                "FrameBenchmark",
                "CommandTableBenchmark",
                "ChainBenchmark",
                "TransformBenchmark",
                "CqlParserBenchmark"
            })
    void runsToItsEnd(String benchmark) throws RunnerException {
        assertThat(runOnce(benchmark)).isNotEmpty();
    }
}
