package dev.kawarau.sample.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The program as the README tells a reader to run it. */
class QuickstartTest {

    private final List<Process> processes = new ArrayList<>();

    private Process run(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", // as the manifest of the runnable jar has it
                "-cp",
                System.getProperty("java.class.path"),
                Quickstart.class.getName()));
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
    void onceItShowsTheChainAndWhatItSawAndEnds() throws IOException, InterruptedException {
        Process process = run("--once", "--port", "0");
        assertThat(text(process.getInputStream()))
                .contains("chain \"orders\"")
                .contains("RedisSink")
                .containsPattern("\\{item=tea, state=sent}|\\{state=sent, item=tea}")
                .containsPattern("(?m)^ +4  WRITE +HSET$")
                .containsPattern("(?m)^ +1  READ_WRITE +RPOP$")
                .containsPattern("(?m)^ +1  READ +HGETALL$");
        assertThat(text(process.getErrorStream())).isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aPortThatIsTakenIsOneLineThatNamesAnother() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Process process = run("--once", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(text(process.getErrorStream()))
                    .startsWith("quickstart: RespListener cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("--port ")
                    .hasLineCount(1);
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--port", "70000");
        assertThat(text(process.getErrorStream()))
                .isEqualTo("quickstart: --port needs a number from 0 to 65535, not \"70000\"\n");
        assertThat(process.waitFor()).isEqualTo(2);
    }
}
