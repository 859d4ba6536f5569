package dev.kawarau.sample.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the README's Java compiling and true. */
class ReadmeTest {

    private static RedisServer server;

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    private static List<String> blocks(String file, String pattern) throws IOException {
        Path module = Path.of(System.getProperty("basedir", ""));
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(module.resolve(file)))
                .results()
                .map((MatchResult block) -> block.group(1).stripTrailing().stripIndent())
                .toList();
    }

    @Test
    void everyBlockOfTheReadmeIsCompiledHere() throws IOException {
        List<String> readme = blocks("../../README.md", "^```java\\n(.*?)^```").stream()
                .map(block -> block.replace("\"redis://127.0.0.1:6379\"", "redisUri")
                        .replace("\"127.0.0.1:9042\"", "server")
                        .replaceAll("\"[0-9.]+:(6380|9043)\"", "address"))
                .toList();
        List<String> compiled = blocks(
                "src/test/java/dev/kawarau/sample/quickstart/ReadmeExamples.java", "^ +// README\\n(.*?)^ +// end$");
        assertThat(readme).isNotEmpty().containsExactlyElementsOf(compiled);
    }

    @Test
    void everyLinkOfTheReadmeLeadsToAFile() throws IOException {
        Path root = Path.of(System.getProperty("basedir", "")).resolve("../..");
        List<String> links = blocks("../../README.md", "\\]\\(([^):]+)\\)");
        assertThat(links)
                .hasSizeGreaterThan(20)
                .allSatisfy(link -> assertThat(root.resolve(link)).exists());
    }

    @Test
    void theFirstScreenRuns() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ReadmeExamples.firstScreen(server.uri(), "127.0.0.1:0");
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("OK\n").contains("WRITE={SET=1}");
    }

    @Test
    void theReadmesCassandraChainServes() {
        InetSocketAddress cassandra = CassandraServer.shared().address();
        String server = cassandra.getAddress().getHostAddress() + ":" + cassandra.getPort();
        try (Listener listener = ReadmeExamples.cassandra(server, "127.0.0.1:0");
                CqlSession session = session(new InetSocketAddress(cassandra.getAddress(), port(listener.address())))) {
            assertThat(session.execute("SELECT key FROM system.local WHERE key = 'local'")
                            .one()
                            .getString("key"))
                    .isEqualTo("local");
        }
    }

    private static CqlSession session(InetSocketAddress server) {
        return CqlSession.builder()
                .addContactPoint(server)
                .withLocalDatacenter("datacenter1")
                .build();
    }

    private static int port(Object address) {
        String text = address.toString();
        return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    }

    @Test
    void theReadmesTransformRefusesWritesAndTimesReads() {
        Timer timer = new SimpleMeterRegistry().timer("reads");
        try (RedisSink redis = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("reads")
                                .then(new ReadmeExamples.ReadOnly(timer))
                                .to(redis));
                RedisClient client = RedisClient.create("redis://" + listener.address())) {
            RedisCommands<String, String> commands = client.connect().sync();
            assertThat(commands.get("order:none")).isNull();
            assertThatThrownBy(() -> commands.set("order:none", "jam"))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessage("NOPERM this copy is for reading only");
            assertThat(timer.count()).isPositive();
        }
    }

    @Test
    void theReadmesSwapAndStopLeaveNothingUnderWay() {
        EventLoops loops = EventLoops.of(1);
        RedisSink redis = RedisSink.at(server.uri());
        Listener listener = RespListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .serve(Chain.named("old").to(redis));
        try (RedisClient client = RedisClient.create("redis://" + listener.address())) {
            assertThat(client.connect().sync().ping()).isEqualTo("PONG");
            ReadmeExamples.swapAndStop(listener, Chain.named("new").to(redis), redis, loops);
            assertThat(loops.group().isTerminated()).isTrue();
        }
    }
}
