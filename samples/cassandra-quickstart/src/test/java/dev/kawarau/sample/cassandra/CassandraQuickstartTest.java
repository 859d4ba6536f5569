package dev.kawarau.sample.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The program as the README tells a reader to run it. */
class CassandraQuickstartTest {
    private final List<Process> processes = new ArrayList<>();

    private Process run(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", // as the manifest of the runnable jar has it
                "-Dmaven.repo.local=" + System.getProperty("maven.repo.local"),
                "-cp",
                System.getProperty("java.class.path"),
                CassandraQuickstart.class.getName()));
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
                .contains("CassandraSink(cassandra://127.0.0.1:")
                .containsPattern("(?m)^ +SCHEMA +CREATE TABLE +shop\\.orders$")
                .containsPattern("(?m)^ +WRITE +INSERT +shop\\.orders +key 1$")
                .containsPattern("(?m)^ +READ_WRITE +UPDATE +shop\\.orders +key 1$")
                .containsPattern("(?m)^ +WRITE +BATCH +shop\\.orders +key 4, 3$")
                .containsPattern("(?m)^ +READ +SELECT +shop\\.orders +key 1$")
                .contains("order 1 is tea, sent (sent: true, sent twice: false); 3 orders are there.")
                .containsPattern("(?m)^ +3  WRITE +INSERT$")
                .containsPattern("(?m)^ +2  READ_WRITE +UPDATE$");
        assertThat(text(process.getErrorStream())).isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void otherwiseItStaysUpUntilItIsEnded() throws IOException {
        Process process = run("--port", "0");
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        while (line != null && !line.startsWith("Try it:")) {
            line = lines.readLine();
        }
        Matcher port = Pattern.compile("cqlsh 127\\.0\\.0\\.1 (\\d+)").matcher(String.valueOf(line));
        assertThat(port.find()).as(line).isTrue();
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(port.group(1)));
        try (Socket socket = new Socket()) {
            socket.connect(address, 10_000);
        }
        // Not that of the process itself, which would close what there is to read too.
        process.toHandle().destroy();
        assertThat(lines.lines()).anyMatch(end -> end.matches(" +3  WRITE +INSERT"));
    }

    @Test
    void aPortThatIsTakenIsOneLineThatNamesAnother() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Process process = run("--once", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(text(process.getErrorStream()))
                    .startsWith("cassandra-quickstart: CqlListener cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("--port ")
                    .hasLineCount(1);
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--port", "70000");
        assertThat(text(process.getErrorStream()))
                .isEqualTo("cassandra-quickstart: --port needs a number from 0 to 65535, not \"70000\"\n");
        assertThat(process.waitFor()).isEqualTo(2);
    }
}
