package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole sessions in one write, after which the client sends no more: each comes to an end, whatever it asked for. */
class SessionEndTest {
    private static RedisServer server;
    private static Proxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        // Nothing here may wait for that.
        proxy = Proxy.before(
                RedisSink.to(server.uri()).requestTimeout(Duration.ofMinutes(10)), UnaryOperator.identity());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    private static String requests(String lines) {
        StringBuilder bytes = new StringBuilder();
        for (String line : lines.split("; ")) {
            bytes.append(RawClient.request(line.split(" ")));
        }
        return bytes.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BLPOP none 0",
                "PING; BLPOP none 0; BLPOP none 0",
                "HSET h a 1; CLIENT NO-EVICT ON; BLPOP none 0; PING",
                "PING; SELECT 3; XREAD BLOCK 0 STREAMS none $; SELECT 4; BLPOP none 0",
                "SUBSCRIBE a; PSUBSCRIBE b",
                "HELLO 3; SUBSCRIBE a; BLPOP none 0",
                "MONITOR",
                "MONITOR; MONITOR; PING",
                "MONITOR; MONITOR; QUIT",
                "MONITOR; PSUBSCRIBE a; MULTI; PUNSUBSCRIBE; MONITOR; PING",
                "CLIENT REPLY OFF; BLPOP none 0; PING",
                "PING; CLIENT REPLY OFF; BLPOP none 0; RESET; PING",
                "SCAN 0; CLIENT REPLY OFF; MULTI; CLIENT REPLY ON; RESET",
                "PING; MULTI; BLPOP none 0; EXEC; WATCH a; BLPOP none 0",
                "PING; RESET; BLPOP none 0; RESET; BLPOP none 0",
                "CLIENT REPLY SKIP; BLPOP none 0; BLPOP none 0",
                "HSET h a 1; PSUBSCRIBE a*; MULTI; PUNSUBSCRIBE; BLPOP none 0"
            })
    void aSessionEndsThoughItsLastWordsWouldWaitForEver(String lines) throws IOException {
        try (RawClient client = proxy.raw()) {
            client.write(requests(lines));
            client.endOutput();
            client.input().readAllBytes();
        }
        await().until(() -> proxy.listener().connections() == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "CLIENT REPLY OFF; WAIT 0 10; CLIENT REPLY ON; PING, '+OK, +PONG'",
        "CLIENT REPLY SKIP; WAIT 0 10; PING, '+PONG'",
        "PING; CLIENT REPLY OFF; MULTI; CLIENT REPLY ON; RESET; PING, '+PONG, -ERR CLIENT REPLY is not allowed in transactions, +RESET, +PONG'",
        "MULTI; BLPOP none 0; EXEC; PING, '+OK, +QUEUED, *[*nil], +PONG'",
        "MULTI; EXEC; MULTI; DISCARD; PING, '+OK, *[], +OK, +OK, +PONG'"
    })
    void eachRequestGetsItsOwnAnswer(String lines, String answers) throws IOException {
        try (RawClient client = proxy.raw()) {
            client.write(requests(lines));
            List<String> replies = new ArrayList<>();
            for (int left = answers.split(", ").length; left > 0; left--) {
                replies.add(client.reply());
            }
            assertThat(String.join(", ", replies)).isEqualTo(answers);
            assertThat(client.call("ECHO", "after")).isEqualTo("$after");
        }
    }

    @Test
    void aSecondMonitorGetsNoAnswerAndTheNextRequestItsOwn() throws IOException {
        try (RawClient client = proxy.raw();
                RawClient other = proxy.raw()) {
            client.write(requests("MONITOR; MONITOR; RESET; PING"));
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("+RESET");
            assertThat(client.reply()).isEqualTo("+PONG");
            assertThat(other.call("PING")).isEqualTo("+PONG");
        }
    }
}
