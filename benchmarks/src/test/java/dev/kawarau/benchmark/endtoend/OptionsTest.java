package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    @Test
    void withoutOptionsItIsTheWholeMatrixIntoTheResults() {
        Options options = Options.parse();
        assertThat(options.cases()).hasSize(36).doesNotHaveDuplicates();
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.pin()).isTrue();
        assertThat(options.clientThreads()).isEqualTo(2);
        assertThat(options.out()).isEqualTo(Path.of("benchmarks/results"));
    }

    @Test
    void aPartOfTheMatrixDoesNotReplaceTheResultsOfAllOfIt() {
        assertThat(Options.parse("--quick").out()).isEqualTo(Path.of("benchmarks/target/end-to-end"));
        assertThat(Options.parse("--only", "get").out()).isEqualTo(Path.of("benchmarks/target/end-to-end"));
        assertThat(Options.parse("--only", "get", "--out", "here").out()).isEqualTo(Path.of("here"));
    }

    @Test
    void quickIsFewerCasesAndShorterRuns() {
        Options quick = Options.parse("--quick");
        assertThat(Case.all()).containsAll(quick.cases());
        assertThat(quick.cases())
                .hasSize(5)
                .contains(new Case("get", 64, 1, 1), new Case("get", 64, 50, 1), new Case("get", 64, 50, 64));
        assertThat(quick.rounds()).isEqualTo(3);
        assertThat(quick.seconds()).isLessThan(Options.parse().seconds());
    }

    @Test
    void proxiesAndClientsCanBeLeftToTheKernelAndToOneThread() {
        Options options = Options.parse("--no-pin", "--client-threads", "1");
        assertThat(options.pin()).isFalse();
        assertThat(options.clientThreads()).isEqualTo(1);
    }

    @Test
    void onlyTakesPartsFromTheLeftAndStarsForAny() {
        assertThat(Options.parse("--only", "get,64,50").cases())
                .containsExactly(new Case("get", 64, 50, 1), new Case("get", 64, 50, 16), new Case("get", 64, 50, 64));
        assertThat(Options.parse("--only", "*,4096,1,64").cases())
                .containsExactly(new Case("get", 4096, 1, 64), new Case("set", 4096, 1, 64));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--only get,65; --only: no case is \"get,65\"",
                "--only get,64,50,16,1; --only: no case is \"get,64,50,16,1\"",
                "--rounds 0; --rounds: \"0\" is not a number from 1 to 1000",
                "--rounds; --rounds needs a value",
                "--client-threads 0; --client-threads: \"0\" is not a number from 1 to 64",
                "--client-threads 65; --client-threads: \"65\" is not a number from 1 to 64",
                "--out --quick; --out needs a value",
                "--quick --quick; --quick is given twice",
                "--fast; unknown option --fast"
            })
    void aBadOptionIsNamed(String line, String message) {
        assertThatThrownBy(() -> Options.parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
