package dev.kawarau.sample.activeactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The program as the README tells a reader to run it. */
class ActiveActiveTest {

    private final List<Process> processes = new ArrayList<>();

    private Process run(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", // as the manifest of the runnable jar has it
                "-cp",
                System.getProperty("java.class.path"),
                ActiveActive.class.getName()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aServerIsKilledAndComesBackAndNothingIsLost() throws IOException, InterruptedException {
        Process process = run("--once", "--port", "0");
        assertThat(text(process.getInputStream()))
                .contains("TunableConsistency(reads 2 and writes 2 of 3, RedisVersionStamp)")
                .contains("The third server was killed, after 500 orders.")
                .contains("It is back, after 1000 orders, and holds ")
                .contains("Acknowledged: 1500, failed: 0, lost: 0.")
                .contains("The third server holds 1500: ");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--port", "70000");
        assertThat(text(process.getErrorStream()))
                .isEqualTo("redis-active-active: --port needs a number from 0 to 65535, not \"70000\"\n");
        assertThat(process.waitFor()).isEqualTo(2);
    }
}
