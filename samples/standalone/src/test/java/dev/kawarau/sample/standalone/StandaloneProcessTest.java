package dev.kawarau.sample.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.testkit.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The program as a user runs it: a JVM with exit codes, signals and output. */
class StandaloneProcessTest {

    private static final Pattern LISTENS = Pattern.compile("listens on 127\\.0\\.0\\.1:(\\d+)");

    private final List<Process> processes = new ArrayList<>();

    private Process run(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", // as the manifest of the runnable jar has it
                "-cp",
                System.getProperty("java.class.path"),
                Standalone.class.getName()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    private static int port(BufferedReader log) throws IOException {
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher listens = LISTENS.matcher(line);
            if (listens.find()) {
                return Integer.parseInt(listens.group(1));
            }
        }
        throw new AssertionError("the process ended before it listened");
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void sigtermAnswersWhatIsUnderWayAndEnds() throws IOException, InterruptedException {
        try (RedisServer redis = RedisServer.start();
                RedisLine direct = new RedisLine(redis.port())) {
            Process process = run("--listen", "127.0.0.1:0", "--redis", "127.0.0.1:" + redis.port());
            BufferedReader log = process.errorReader(StandardCharsets.UTF_8);
            try (RedisLine client = new RedisLine(port(log))) {
                client.write("BRPOPLPUSH jobs done 20");
                await().until(() -> blockedClients(direct).equals("1"));
                process.toHandle().destroy(); // Process.destroy() would close the streams, too
                String stopping = log.readLine();
                while (stopping != null && !stopping.contains("stopping")) {
                    stopping = log.readLine();
                }
                direct.send("LPUSH jobs one");
                assertThat(client.read()).isEqualTo("$3");
                assertThat(client.read()).isEqualTo("one");
                assertThat(client.read()).isNull();
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines()).anyMatch(line -> line.contains("everything was answered"));
        }
    }

    private static String blockedClients(RedisLine direct) throws IOException {
        direct.write("INFO clients");
        String found = "";
        for (String line = direct.read(); line != null && !line.isEmpty(); line = direct.read()) {
            if (line.startsWith("blocked_clients:")) {
                found = line.substring("blocked_clients:".length());
            }
        }
        return found;
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--threads", "many");
        assertThat(text(process.getErrorStream()))
                .isEqualTo(
                        "standalone: --threads: \"many\" is not a number from 1 to 1024 (--help lists the options)\n");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void aUriThatIsNotOfRedisIsOneLineAndExitCode2() throws IOException, InterruptedException {
        Process process = run("--redis", "http://ann:s3cret@127.0.0.1:6379");
        assertThat(text(process.getErrorStream()))
                .startsWith("standalone: that is not a Redis URI")
                .doesNotContain("s3cret")
                .hasLineCount(1);
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void aPortThatIsTakenIsOneLineAndExitCode1() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Process process = run("--listen", address);
            assertThat(text(process.getErrorStream()))
                    .startsWith("standalone: RespListener cannot listen on " + address)
                    .hasLineCount(1);
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void aMetricsPortThatIsTakenIsOneLineAndExitCode1() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Process process = run("--listen", "127.0.0.1:0", "--metrics", address);
            assertThat(text(process.getErrorStream()))
                    .startsWith("standalone: cannot serve metrics on " + address)
                    .hasLineCount(1);
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void helpGoesToStandardOutput() throws IOException, InterruptedException {
        Process process = run("--help");
        assertThat(text(process.getInputStream())).contains("--transparent").contains("Exit codes");
        assertThat(process.waitFor()).isZero();
    }
}
