package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.EventLoops;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/**
 * Whatever one client does to a connection to the server, the next client that uses it finds it as the sink made it. All
 * clients are on one event loop, so that they use the same connections.
 */
class ConnectionHygieneTest {
    private static RedisServer server;
    private static EventLoops loop;
    private static Proxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        try (Jedis direct = new Jedis(server.host(), server.port())) {
            for (String rule : new String[] {
                "SETUSER sink on >pw allkeys allchannels +@all", "SETUSER ann on >one allkeys allchannels +@all"
            }) {
                direct.sendCommand(Protocol.Command.ACL, rule.split(" "));
            }
        }
        loop = EventLoops.of(1);
        proxy = Proxy.before(
                server.uri().replace("redis://", "redis://sink:pw@"), listener -> listener.eventLoops(loop));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        loop.close();
        server.close();
    }

    /** Requests are separated by semicolons; a 0 byte is written {@code ~}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH ann one",
                "AUTH ann wrong",
                "HELLO 3 AUTH ann one",
                "HELLO 3 AUTH ann one FOO",
                "HELLO 2 AUTH ann one SETNAME a~b",
                "HELLO 2 AUTH~x ann one FOO",
                "HELLO 3 AUTH ann one AUTH ann wrong",
                "HELLO 3 SETNAME ann FOO",
                "HELLO 2 SETNAME ann",
                "MULTI; HELLO 3 AUTH ann one FOO; EXEC",
                "MULTI; AUTH ann one; EXEC",
                "MULTI; AUTH ann one; DISCARD",
                "MULTI; SELECT 3; EXEC",
                "MULTI; EXEC a",
                "MULTI; DISCARD a",
                "MULTI; RESET a",
                "MULTI a",
                "MULTI; NOSUCH; EXEC",
                "WATCH k; EXEC",
                "WATCH k; MULTI; EXEC a",
                "SELECT 3",
                "SELECT 3; SELECT 99",
                "CLIENT SETNAME ann; SELECT 1; SELECT 0",
                "CLIENT TRACKING ON",
                "CLIENT TRACKING ON~",
                "HELLO 3; CLIENT TRACKING ON~x BCAST~x",
                "CLIENT NO-EVICT ON",
                "CLIENT REPLY ON",
                "SUBSCRIBE a; UNSUBSCRIBE a",
                "SUBSCRIBE a",
                "HELLO 3; SUBSCRIBE a; HELLO 2; PSUBSCRIBE b*",
                "MONITOR",
                "READONLY",
                "ASKING",
                "SCRIPT DEBUG YES",
                "RESET",
                "MULTI; RESET",
                "REPLCONF listening-port 1; REPLCONF capa eof",
                "EVAL redis.call('SELECT',5) 0",
                "EVAL redis.setresp(3) 0"
            })
    void aClientFindsAConnectionAsTheSinkMadeIt(String requests) throws IOException {
        for (String version : List.of("2", "3")) {
            try (RawClient first = proxy.raw()) {
                for (String request : requests.replace('~', '\0').split("; ")) {
                    first.call(request.split(" "));
                }
            }
            assertIsClean(version);
            assertIsClean(version);
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItLeavesNothingEither() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (RawClient first = proxy.raw()) {
                first.write(RawClient.request("SELECT", "4")
                        + RawClient.request("AUTH", "ann", "one")
                        + RawClient.request("MULTI")
                        + RawClient.request("SUBSCRIBE", "a")
                        + RawClient.request("CLIENT", "REPLY", "OFF"));
            }
            assertIsClean(i % 2 == 0 ? "2" : "3");
        }
    }

    @Test
    void nothingMoreIsSentForASessionThatLostWhatItCountsOn() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (RawClient first = proxy.raw()) {
                first.write(RawClient.request("CLIENT", "ID")
                        + RawClient.request("CLIENT", "REPLY", "OFF")
                        + RawClient.request("BLPOP", "none", "0")
                        + RawClient.request("MONITOR"));
                first.endOutput();
                first.input().readAllBytes();
            }
            assertIsClean("2");
            try (Jedis direct = new Jedis(server.host(), server.port())) {
                assertThat(direct.clientList()).doesNotContain(" flags=O ");
            }
        }
    }

    @Test
    void aVeryLongNameIsGivenToNoConnectionThatIsShared() throws IOException {
        try (RawClient client = proxy.raw();
                Jedis direct = new Jedis(server.host(), server.port())) {
            assertThat(client.call("CLIENT", "SETNAME", "n".repeat(5_000))).startsWith("-ERR ");
            assertThat(client.call("PING")).isEqualTo("+PONG");
            assertThat(direct.clientList()).doesNotContain("nnnnnnnn");
        }
    }

    private static void assertIsClean(String version) throws IOException {
        try (RawClient next = proxy.raw();
                RawClient writer = proxy.raw()) {
            assertThat(next.call("HELLO", version)).doesNotStartWith("-");
            // Over a shared connection, then over one that others had for themselves.
            assertThat(next.call("ACL", "WHOAMI")).isEqualTo("$sink");
            assertThat(next.call("WATCH", "mine")).isEqualTo("+OK");
            assertThat(next.call("ACL", "WHOAMI")).isEqualTo("$sink");
            assertThat(next.call("CLIENT", "LIST", "ID", idOf(next)))
                    .contains(
                            " db=0 ",
                            " sub=0 ",
                            " psub=0 ",
                            " multi=-1 ",
                            " user=sink ",
                            " redir=-1 ",
                            " resp=" + version)
                    .containsPattern(" name= ")
                    .doesNotContainPattern(" flags=[^ ]*[tBeT]");
            // A watch that somebody else left would fail the transaction.
            assertThat(writer.call("SET", "k", "v")).isEqualTo("+OK");
            assertThat(next.call("MULTI")).isEqualTo("+OK");
            assertThat(next.call("GET", "k")).isEqualTo("+QUEUED");
            assertThat(next.call("EXEC")).isEqualTo("*[$v]");
            assertThat(next.call("PING")).isEqualTo("+PONG");
        }
    }

    private static String idOf(RawClient client) throws IOException {
        return client.call("CLIENT", "ID").substring(1);
    }
}
