package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Query;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** How Lettuce and Jedis log in at a listener with users, in front of a server with a password of its own. */
class UserClientsTest {
    private static RedisServer server;
    private static Proxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start("--requirepass", "of the server");
        proxy = Proxy.before(
                RedisSink.to(server.uri()).credentials("default", "of the server"),
                listener -> listener.users(RespUsers.of(
                        RespUser.named("default").password("only"),
                        RespUser.named("ann").password("one").keys("ann:*"),
                        RespUser.named("bob").password("two").allow(Query.Kind.READ))));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    private static RedisClient lettuce(RedisURI uri, ProtocolVersion version) {
        RedisClient client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(version)
                .build());
        return client;
    }

    private static RedisURI uri(String user, String password) {
        return RedisURI.builder(proxy.endpoint().lettuce())
                .withAuthentication(user, password.toCharArray())
                .build();
    }

    private static DefaultJedisClientConfig.Builder config(RedisProtocol protocol) {
        return DefaultJedisClientConfig.builder().protocol(protocol).timeoutMillis((int) Endpoint.PATIENCE.toMillis());
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"RESP2", "RESP3"})
    void lettuceLogsInWithNameAndDatabase(ProtocolVersion version) {
        RedisURI uri = uri("ann", "one");
        uri.setClientName("lettuce-" + version);
        uri.setDatabase(3);
        RedisClient client = lettuce(uri, version);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().clientGetname()).isEqualTo("lettuce-" + version);
            assertThat(connection.sync().set("ann:" + version, "mine")).isEqualTo("OK");
            assertThat(connection.sync().get("ann:" + version)).isEqualTo("mine");
            assertThatThrownBy(() -> connection.sync().get("bob:" + version))
                    .hasMessage("NOPERM this user has no permissions to access one of the keys used as arguments");
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"RESP2", "RESP3"})
    void lettuceIsToldOfAWrongPassword(ProtocolVersion version) {
        RedisClient client = lettuce(uri("ann", "two"), version);
        try {
            // Lettuce hangs up when it is refused, and once in some hundred times tells of that alone, also of a
            // server.
            await().untilAsserted(() -> assertThatThrownBy(client::connect)
                    .hasRootCauseMessage("WRONGPASS invalid username-password pair or user is disabled."));
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest
    @CsvSource({"RESP2, 1", "RESP3, 1"})
    void jedisLogsInWithNameAndDatabase(RedisProtocol protocol, int database) {
        String key = "ann:jedis-" + protocol;
        DefaultJedisClientConfig config = config(protocol)
                .user("ann")
                .password("one")
                .clientName("jedis-" + protocol)
                .database(database)
                .build();
        try (Jedis jedis = new Jedis(proxy.endpoint().jedis(), config)) {
            assertThat(jedis.clientGetname()).isEqualTo("jedis-" + protocol);
            assertThat(jedis.set(key, "mine")).isEqualTo("OK");
            assertThat(jedis.get(key)).isEqualTo("mine");
            assertThatThrownBy(() -> jedis.get("bob:a")).isInstanceOf(JedisAccessControlException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void jedisIsToldOfAWrongPassword(RedisProtocol protocol) {
        DefaultJedisClientConfig config =
                config(protocol).user("ann").password("two").build();
        assertThatThrownBy(() -> {
                    try (Jedis jedis = new Jedis(proxy.endpoint().jedis(), config)) {
                        jedis.ping();
                    }
                })
                .isInstanceOf(JedisAccessControlException.class)
                .hasMessage("WRONGPASS invalid username-password pair or user is disabled.");
    }

    @Test
    void aPasswordAloneIsThatOfTheDefaultUser() {
        try (Jedis jedis = new Jedis(
                proxy.endpoint().jedis(),
                config(RedisProtocol.RESP2).password("only").build())) {
            assertThat(jedis.set("any", "thing")).isEqualTo("OK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"of the server", "", "one"})
    void thePasswordOfTheServerAndOthersAreOfNoUseHere(String password) {
        try (Jedis jedis = new Jedis(proxy.endpoint().jedis())) {
            assertThatThrownBy(jedis::ping)
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage("NOAUTH Authentication required.");
            assertThatThrownBy(() -> jedis.auth(password)).isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(() -> jedis.auth("default", password)).isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(() -> jedis.get("any")).hasMessage("NOAUTH Authentication required.");
        }
    }

    @Test
    void whatTheServerSeesIsTheSinkAlone() {
        try (Jedis direct = new Jedis(
                        server.host(),
                        server.port(),
                        DefaultJedisClientConfig.builder()
                                .password("of the server")
                                .build());
                Jedis ann = new Jedis(
                        proxy.endpoint().jedis(),
                        config(RedisProtocol.RESP3).user("ann").password("one").build())) {
            ann.select(2);
            assertThat(ann.clientInfo()).contains(" user=default ");
            assertThat(direct.clientList().lines()).allMatch(line -> line.contains(" user=default "));
            assertThat(direct.info("commandstats")).doesNotContainPattern("cmdstat_auth:[^\n]*failed_calls=[1-9]");
            assertThat(direct.aclLog()).isEmpty();
        }
    }
}
