package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** What people type: {@code redis-cli} as a process, where it is installed. */
class RedisCliSessionTest extends EndpointTest {
    @BeforeParameterizedClassInvocation
    static void needsRedisCli() {
        boolean installed = false;
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            installed |= new File(directory, "redis-cli").canExecute();
        }
        assumeTrue(installed, "redis-cli is not on the PATH");
    }

    @Test
    void onePingIsAnswered() throws Exception {
        assertThat(run("", "PING")).containsExactly("PONG");
    }

    @Test
    void commandsFromStandardInputAreAnsweredOneByOne() throws Exception {
        assertThat(run("SET cli:a 1\nINCR cli:a\nGET cli:a\nSELECT 2\nEXISTS cli:a\nMULTI\nINCR cli:b\nEXEC\n"))
                .containsExactly("OK", "2", "2", "OK", "0", "OK", "QUEUED", "1");
    }

    @Test
    void resp3IsSpokenWhenAskedFor() throws Exception {
        assertThat(run("", "-3", "--json", "EVAL", "redis.setresp(3); return {map={a=1}}", "0"))
                .containsExactly("{\"a\":1}");
        assertThat(run("", "-3", "--no-raw", "HGETALL", "cli:none")).containsExactly("(empty hash)");
        assertThat(run("", "-2", "--no-raw", "HGETALL", "cli:none")).containsExactly("(empty array)");
    }

    @Test
    void anErrorIsPrintedAsRedisWordsIt() throws Exception {
        assertThat(run("", "NOSUCH", "a", "b"))
                .first()
                .asString()
                .isEqualTo("ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ");
    }

    @Test
    void massInsertionLosesNothing() throws Exception {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            input.append(RawClient.request("SET", "mass:" + i, "value-" + i));
        }
        assertThat(run(input.toString(), "--pipe")).contains("errors: 0, replies: 20000");
        assertThat(run("", "GET", "mass:19999")).containsExactly("value-19999");
    }

    @Test
    void massInsertionCountsTheErrors() throws Exception {
        String input = RawClient.request("SET", "massive:a", "not a number")
                + RawClient.request("INCR", "massive:a")
                + RawClient.request("SET", "massive:b", "1");
        assertThat(run(input, "--pipe")).contains("errors: 1, replies: 3");
    }

    @Test
    void scanPrintsEveryKeyOfThePattern() throws Exception {
        List<String> keys =
                IntStream.range(0, 500).mapToObj(i -> "cliscan:" + i).toList();
        StringBuilder input = new StringBuilder();
        keys.forEach(key -> input.append("SET ").append(key).append(" v\n"));
        assertThat(run(input.toString())).hasSize(500).containsOnly("OK");
        assertThat(run("", "--scan", "--pattern", "cliscan:*")).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void aValueFromStandardInputIsTheLastArgument() throws Exception {
        String value = "line one\nline two\n\u00e9\u0000end";
        assertThat(run(value, "-x", "SET", "cli:x")).containsExactly("OK");
        assertThat(run("", "--no-raw", "GET", "cli:x")).containsExactly("\"line one\\nline two\\n\\xc3\\xa9\\x00end\"");
    }

    @Test
    void aSubscriptionPrintsMessagesAsTheyCome() throws Exception {
        try (Cli cli = new Cli("SUBSCRIBE", "cli:news");
                RawClient publisher = endpoint.raw()) {
            assertThat(cli.lines(3)).containsExactly("subscribe", "cli:news", "1");
            for (int i = 0; i < 10; i++) {
                assertThat(publisher.call("PUBLISH", "cli:news", "m" + i)).isEqualTo(":1");
                assertThat(cli.lines(3)).containsExactly("message", "cli:news", "m" + i);
            }
        }
    }

    @Test
    void monitorPrintsWhatOthersDoAndEndsWithItsProcess() throws Exception {
        try (Cli cli = new Cli("MONITOR");
                RawClient other = endpoint.raw()) {
            assertThat(cli.lines(1)).containsExactly("OK");
            other.call("SET", "cli:monitored", "v");
            String line = cli.lines(1).get(0);
            while (!line.contains("cli:monitored")) {
                line = cli.lines(1).get(0);
            }
            assertThat(line).endsWith("\"SET\" \"cli:monitored\" \"v\"");
        }
        assertThat(run("", "PING")).containsExactly("PONG");
    }

    @Test
    void bigkeysNamesTheBiggestKey() throws Exception {
        run("", "SET", "cli:big", "x".repeat(10_000));
        assertThat(String.join("\n", run("", "--bigkeys"))).contains("cli:big").contains("10000 bytes");
    }

    /** Runs redis-cli to its end, and gives what it printed. */
    private List<String> run(String input, String... arguments) throws Exception {
        try (Cli cli = new Cli(arguments)) {
            cli.feed(input);
            return cli.allLines();
        }
    }

    private final class Cli implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        Cli(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of("redis-cli", "-h", endpoint.host(), "-p"));
            command.add(Integer.toString(endpoint.port()));
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            output = process.inputReader(UTF_8);
        }

        /** Gives the input from a thread of its own, for redis-cli may print while it still reads. */
        void feed(String input) {
            Thread feeder = new Thread(() -> {
                try (OutputStream stdin = process.getOutputStream()) {
                    stdin.write(input.getBytes(UTF_8));
                } catch (IOException broken) {
                    // It ended without reading all: what it printed tells.
                }
            });
            feeder.setDaemon(true);
            feeder.start();
        }

        List<String> lines(int count) throws IOException {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String line = output.readLine();
                assertThat(line).isNotNull();
                lines.add(line);
            }
            return lines;
        }

        List<String> allLines() throws Exception {
            List<String> lines = output.lines().filter(line -> !line.isEmpty()).toList();
            assertThat(process.waitFor(20, SECONDS)).isTrue();
            return lines;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
