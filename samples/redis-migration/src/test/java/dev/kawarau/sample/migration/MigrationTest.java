package dev.kawarau.sample.migration;

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
class MigrationTest {
    private final List<Process> processes = new ArrayList<>();

    private Process run(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", // as the manifest of the runnable jar has it
                "-cp",
                System.getProperty("java.class.path"),
                Migration.class.getName()));
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
    void theApplicationSeesNeitherAnErrorNorAWrongAnswerOnItsWayToTheNewServer()
            throws IOException, InterruptedException {
        Process process = run("--once");
        String story = text(process.getInputStream());
        assertThat(text(process.getErrorStream())).isEmpty();
        assertThat(story)
                .containsPattern("(?m)^1\\. The old Redis serves 4 connections and has [0-9,]{5,} keys\\.$")
                .containsPattern("(?m)^2\\. [0-9,]{5,} keys were copied; clients waited for [0-9]+ ms at most\\.$")
                .containsPattern(
                        "(?m)^3\\. Both have all writes: [0-9,]{4,} answers were compared and 0 differ, and so do 0"
                                + " keys of [0-9,]{5,}\\.$")
                .contains(
                        "4. The new Redis answered",
                        "5. Rolled back",
                        "6. The new Redis answers again, and 0 keys differ")
                .containsPattern("(?m)^7\\. The old Redis is switched off, and the new one has [0-9,]{5,} keys\\.$")
                .containsPattern("(?m)^The application had [0-9,]{6,} answers, all of them right\\.$");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--twice");
        assertThat(text(process.getErrorStream()))
                .isEqualTo("redis-migration: unknown option --twice; there is --once\n");
        assertThat(process.waitFor()).isEqualTo(2);
    }
}
