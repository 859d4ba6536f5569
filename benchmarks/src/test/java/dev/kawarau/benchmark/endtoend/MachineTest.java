package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

    @TempDir
    Path proc;

    @Test
    void readsProcessorMemoryAndLoad() throws IOException {
        Files.writeString(proc.resolve("cpuinfo"), "processor\t: 0\nmodel name\t: Fast CPU\nprocessor\t: 1\n");
        Files.writeString(proc.resolve("meminfo"), "MemTotal:       16777216 kB\nMemFree: 1 kB\n");
        Files.writeString(proc.resolve("loadavg"), "1000.25 3.11 2.97 1/224 4711\n");
        Machine machine = Machine.read(proc);
        assertThat(machine.model()).isEqualTo("Fast CPU");
        assertThat(machine.gibibytes()).isEqualTo(16);
        assertThat(machine.load()).isEqualTo(1000.25);
        assertThat(machine.isBusy()).isTrue();
    }

    @Test
    void whatIsNotThereIsUnknown() {
        Machine machine = Machine.read(proc);
        assertThat(machine.model()).isEqualTo(System.getProperty("os.arch"));
        assertThat(machine.gibibytes()).isZero();
        assertThat(machine.isBusy()).isFalse();
    }
}
