package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinTest {

    private static final Optional<Path> TASKSET = Optional.of(Path.of("/usr/bin/taskset"));

    @TempDir
    Path proc;

    private void allowed(String processors) throws IOException {
        Path self = Files.createDirectories(proc.resolve("self"));
        Files.writeString(
                self.resolve("status"),
                "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + processors + "\nMems_allowed:\t1\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"0-1; 1", "0,2; 2", "4-7,12-15; 15", "1,3-4,9; 9"})
    void aProxyRunsOnTheLastProcessorThatIsAllowed(String processors, String last) throws IOException {
        allowed(processors);
        Pin pin = Pin.last(TASKSET, proc);
        assertThat(pin.pinned()).isTrue();
        assertThat(pin.command(List.of("proxy", "-x"))).containsExactly("/usr/bin/taskset", "-c", last, "proxy", "-x");
        assertThat(pin.text()).contains("processor " + last + " ");
    }

    @Test
    void oneProcessorIsNotPinnedTo() throws IOException {
        allowed("11");
        assertNotPinned(Pin.last(TASKSET, proc), "there is only one processor");
    }

    @Test
    void withoutTasksetNothingIsPinnedAndThePageSaysSo() throws IOException {
        allowed("0-1");
        assertNotPinned(Pin.last(Optional.empty(), proc), "taskset is not installed");
    }

    @Test
    void aSystemWithoutProcIsNotPinned() {
        assertNotPinned(Pin.last(TASKSET, proc), "/proc does not say which processors there are");
    }

    private static void assertNotPinned(Pin pin, String why) {
        assertThat(pin.pinned()).isFalse();
        assertThat(pin.command(List.of("proxy"))).containsExactly("proxy");
        assertThat(pin.text()).endsWith(": " + why);
    }

    @Test
    void aProcessThatIsPinnedMayUseThatProcessorOnly() throws Exception {
        Pin pin = Pin.last(Tools.find("taskset"), Tools.PROC);
        assumeThat(pin.pinned()).as(pin.text()).isTrue();
        String status =
                Tools.output(pin.command(List.of("cat", "/proc/self/status")).toArray(new String[0]));
        assertThat(status).contains("Cpus_allowed_list:\t" + pin.prefix().get(2) + "\n");
    }
}
