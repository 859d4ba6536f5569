package dev.kawarau.sink.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client sees of an upstream that is away, silent or broken: an error for each request, on a connection that
 * stays open and works again when the upstream does.
 */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@EnumSource(value = EndpointMode.class, mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class FaultTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private EndpointMode mode;

    @Test
    void anUpstreamThatNeverAnswersIsAnErrorForEachRequest() throws Exception {
        try (BrokenUpstream silent = BrokenUpstream.silent();
                Endpoint endpoint = mode.before(silent.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("GET", "k")).startsWith("-ERR ");
            assertEachIsAnError(client, 100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 400 Bad Request\r\n\r\n", "$10\r\nabc", "*3\r\n+a\r\n", "$-7\r\n", "\0\0\0"})
    void anUpstreamThatBreaksOffOrSpeaksNonsenseIsAnErrorForEachRequest(String nonsense) throws Exception {
        try (BrokenUpstream broken = BrokenUpstream.sayingThenClosing(nonsense);
                Endpoint endpoint = mode.before(broken.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("GET", "k")).startsWith("-ERR ");
            assertEachIsAnError(client, 100);
        }
    }

    @Test
    void anUpstreamThatIsNotThereIsAnErrorUntilItIs() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                    RawClient client = endpoint.raw()) {
                assertThat(client.call("GET", "k")).startsWith("-ERR ");
                assertEachIsAnError(client, 100);
                server.restart();
                awaitService(client);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WATCH k", "BLPOP k 0", "SUBSCRIBE c", "MONITOR", "NOSUCH k"})
    void aCommandThatNeedsAConnectionOfItsOwnIsAnErrorToo(String command) throws Exception {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                    RawClient client = endpoint.raw()) {
                assertThat(client.call(command.split(" "))).startsWith("-ERR ");
                server.restart();
                awaitService(client);
            }
        }
    }

    @Test
    void requestsInFlightWhenTheUpstreamDiesEachGetAnError() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
            server.pause();
            client.write(RawClient.request("INCR", "n").repeat(1_000));
            server.kill();
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.reply()).startsWith("-ERR ");
            }
            server.restart();
            awaitService(client);
            assertThat(client.call("EXISTS", "n")).isEqualTo(":0");
        }
    }

    @Test
    void noRequestOfManyClientsHangsWhenTheUpstreamDies() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT)) {
            RedisClient client = RedisClient.create(endpoint.lettuce());
            try {
                List<StatefulRedisConnection<String, String>> connections = new ArrayList<>();
                List<RedisFuture<String>> futures = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    connections.add(client.connect());
                }
                for (int round = 0; round < 200; round++) {
                    if (round == 100) {
                        server.kill();
                    }
                    for (StatefulRedisConnection<String, String> connection : connections) {
                        futures.add(connection.async().echo("e" + futures.size()));
                    }
                }
                for (int i = 0; i < futures.size(); i++) {
                    RedisFuture<String> future = futures.get(i);
                    assertThat(future.await(20, SECONDS))
                            .as("request %d ends", i)
                            .isTrue();
                    if (future.getError() == null) {
                        assertThat(future.get()).isEqualTo("e" + i);
                    }
                }
                server.restart();
                for (StatefulRedisConnection<String, String> connection : connections) {
                    Awaitility.await()
                            .atMost(Endpoint.PATIENCE)
                            .ignoreExceptions()
                            .until(() -> connection.sync().echo("again").equals("again"));
                }
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aBlockedClientGetsAnErrorWhenTheUpstreamDies() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            client.send("BLPOP", "k", "0");
            awaitBlockedClient(server);
            server.kill();
            assertThat(client.reply()).startsWith("-ERR ");
            server.restart();
            awaitService(client);
        }
    }

    @Test
    void aTransactionDoesNotOutliveItsUpstream() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "lost")).isEqualTo("+QUEUED");
            server.restart();
            String queued = client.call("SET", "k", "late");
            assertThat(client.call("EXEC")).startsWith("-");
            assertThat(queued).as("not run outside the transaction").isNotEqualTo("+OK");
            awaitService(client);
            assertThat(client.call("EXISTS", "k")).isEqualTo(":0");
        }
    }

    @Test
    void aWatchThatWasLostWithItsUpstreamLetsNoTransactionThrough() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("WATCH", "k")).isEqualTo("+OK");
            server.restart();
            client.call("MULTI");
            client.call("SET", "k", "unguarded");
            assertThat(client.call("EXEC")).matches("-.*|\\*nil");
            awaitService(client);
        }
    }

    @Test
    void anExecThatWasLostHasEndedItsTransactionAndItsWatch() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("WATCH", "k")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "lost")).isEqualTo("+QUEUED");
            server.pause();
            client.send("EXEC");
            server.kill();
            assertThat(client.reply()).startsWith("-ERR ");
            server.restart();
            awaitService(client);
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "again")).isEqualTo("+QUEUED");
            assertThat(client.call("EXEC")).isEqualTo("*[+OK]");
        }
    }

    @Test
    void aClientThatGreetsWhileTheUpstreamIsAwayIsServedWhenItIsBack() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                    RawClient client = endpoint.raw()) {
                for (int i = 0; i < 50; i++) {
                    assertThat(client.call("HELLO", "3")).startsWith("-ERR ");
                }
                server.restart();
                awaitService(client);
            }
        }
    }

    @Test
    void aSelectedDatabaseIsNotForgottenWithTheUpstream() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw();
                RawClient other = endpoint.raw()) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            server.restart();
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> client.call("SET", "k", "three").equals("+OK"));
            awaitService(other);
            assertThat(other.call("EXISTS", "k")).isEqualTo(":0");
            assertThat(client.call("GET", "k")).isEqualTo("$three");
        }
    }

    @Test
    void aSubscriberHearsAgainWhenTheUpstreamIsBack() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT)) {
            RedisClient client = RedisClient.create(endpoint.lettuce());
            try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                    RawClient publisher = endpoint.raw()) {
                BlockingQueue<String> heard = new LinkedBlockingQueue<>();
                subscriber.addListener(new RedisPubSubAdapter<>() {
                    @Override
                    public void message(String channel, String message) {
                        heard.add(message);
                    }
                });
                subscriber.sync().subscribe("c");
                assertThat(publisher.call("PUBLISH", "c", "before")).isEqualTo(":1");
                assertThat(heard.poll(20, SECONDS)).isEqualTo("before");
                server.restart();
                Awaitility.await().atMost(Endpoint.PATIENCE).until(() -> {
                    publisher.call("PUBLISH", "c", "after");
                    return "after".equals(heard.poll());
                });
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aStoppedUpstreamIsAnErrorAndItsLateAnswersReachNobody() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw();
                RawClient other = endpoint.raw()) {
            awaitService(client);
            server.pause();
            assertThat(client.call("ECHO", "late-0")).startsWith("-ERR ");
            client.write(RawClient.request("ECHO", "late").repeat(100));
            for (int i = 0; i < 100; i++) {
                assertThat(client.reply()).startsWith("-ERR ");
            }
            server.resume();
            awaitService(client);
            for (int i = 0; i < 100; i++) {
                assertThat(client.call("ECHO", "own-" + i)).isEqualTo("$own-" + i);
                assertThat(other.call("ECHO", "other-" + i)).isEqualTo("$other-" + i);
            }
        }
    }

    @Test
    void aCommandThatBlocksByItselfMayTakeLongerThanTheTimeout() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("BLPOP", "k", "2.5")).isEqualTo("*nil");
            assertThat(client.call("XREAD", "BLOCK", "2500", "STREAMS", "s", "$"))
                    .isEqualTo("*nil");
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void connectionsThatTheUpstreamClosesAreReplaced() throws Exception {
        try (RedisServer server = RedisServer.start();
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw();
                RawClient direct = new RawClient("127.0.0.1", server.port())) {
            for (int round = 0; round < 20; round++) {
                awaitService(client);
                assertThat(direct.call("CLIENT", "KILL", "TYPE", "normal")).startsWith(":");
            }
        }
    }

    @Test
    void anUpstreamThatTakesNoMoreClientsIsAnError() throws Exception {
        try (RedisServer server = RedisServer.start();
                RawClient direct = new RawClient("127.0.0.1", server.port())) {
            assertThat(direct.call("CONFIG", "SET", "maxclients", "1")).isEqualTo("+OK");
            try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                    RawClient client = endpoint.raw()) {
                assertThat(client.call("GET", "k")).startsWith("-ERR ");
                assertThat(direct.call("CONFIG", "SET", "maxclients", "100")).isEqualTo("+OK");
                awaitService(client);
            }
        }
    }

    @Test
    void anUpstreamThatAsksForAPasswordIsAnError() throws Exception {
        try (RedisServer server = RedisServer.start("--requirepass", "secret");
                Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("GET", "k")).matches("-(NOAUTH|ERR) .*");
            assertThat(client.call("GET", "k")).matches("-(NOAUTH|ERR) .*");
        }
    }

    private static void assertEachIsAnError(RawClient client, int count) throws IOException {
        client.write(RawClient.request("GET", "k").repeat(count));
        for (int i = 0; i < count; i++) {
            assertThat(client.reply()).startsWith("-ERR ");
        }
    }

    /** Every call is answered, with an error at first perhaps. */
    private static void awaitService(RawClient client) {
        Awaitility.await()
                .atMost(Endpoint.PATIENCE)
                .until(() -> client.call("ECHO", "served").equals("$served"));
    }

    private static void awaitBlockedClient(RedisServer server) throws IOException {
        try (RawClient direct = new RawClient("127.0.0.1", server.port())) {
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> direct.call("INFO", "clients").contains("blocked_clients:1\r\n"));
        }
    }
}
