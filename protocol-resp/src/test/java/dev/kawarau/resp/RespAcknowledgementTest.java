package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a command's answer before the server gives it. */
class RespAcknowledgementTest {
    private static RedisServer server;
    private static PlainConnection direct;
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void connect() throws IOException {
        server = RedisServer.start();
        direct = new PlainConnection(server.port());
    }

    @AfterAll
    static void disconnect() throws IOException {
        direct.close();
        server.close();
    }

    /** Of the last request. */
    private String of(String... commands) {
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), (request, next) -> {
                    Message answer = request.acknowledgement();
                    seen.add(answer == null ? "" : answer.bytes().toString(StandardCharsets.UTF_8));
                    return Reply.of(OkCommands.OK);
                })) {
            chain.client().send(String.join("\r\n", commands) + "\r\n").expect("+OK\r\n".repeat(commands.length));
        }
        return seen.stream().reduce((first, last) -> last).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET k v",
                "set k v ex 10",
                "SET k v PX 10000 ",
                "SET k v EXAT 99999999999",
                "SET k v KEEPTTL",
                "SETEX k 10 v",
                "PSETEX k 10000 v",
                "MSET a 1 b 2",
                "HMSET h f v",
                "LTRIM l 0 -1",
                "PFMERGE p q",
                "FLUSHDB",
                "FLUSHALL ASYNC",
            })
    void theServerAnswersOk(String command) throws IOException {
        assertThat(of(command)).isEqualTo("+OK\r\n");
        assertThat(direct.call(command.strip().split(" "))).isEqualTo("+OK");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET k",
                "SET k",
                "SET k v NX",
                "SET k v XX",
                "SET k v EX 10 GET",
                "SET k v EX",
                "SET k v IFEQ w",
                "SETNX k v",
                "MSETNX a 1",
                "DEL k",
                "INCR k",
                "RENAME a b",
                "PUBLISH c m",
                "SELECT 1",
                "PING",
                "EVAL x 0",
                "NOSUCH a",
            })
    void theAnswerDependsOnTheDataOrIsNotKnown(String command) {
        assertThat(of(command)).isEmpty();
    }

    @Test
    void inATransactionTheAnswerIsAnother() {
        assertThat(of("MULTI", "SET k v")).isEmpty();
        assertThat(of("MULTI", "SET k v", "EXEC", "SET k v")).isEqualTo("+OK\r\n");
    }
}
