package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/** What clients see, and what three real servers then hold. */
class RedisVersionStampTest {
    private final ThreeServers servers = new ThreeServers();

    @AfterEach
    void close() throws Exception {
        servers.close();
    }

    @Test
    void whatIsWrittenIsOnAllServersAsItIsWithAStampBesideIt() {
        Jedis client = servers.client(servers.proxy());

        assertThat(client.set("order:1", "tea")).isEqualTo("OK");
        assertThat(client.get("order:1")).isEqualTo("tea");

        for (int i = 0; i < 3; i++) {
            Jedis server = servers.at(i);
            await().untilAsserted(() -> assertThat(server.get("order:1")).isEqualTo("tea"));
            assertThat(server.get("{order:1}~stamp")).matches("[0-9]{39}");
            assertThat(server.get("{order:1}~stamp")).isEqualTo(servers.at(0).get("{order:1}~stamp"));
        }
    }

    @Test
    void allWholeValueCommandsAnswerAsOneServerDoes() {
        Jedis client = servers.client(servers.proxy());
        client.set("a", "abcdef");
        client.mset("b", "2", "{b}", "tagged", "{b}:x", "");

        assertThat(client.mget("a", "b", "{b}", "{b}:x", "none")).containsExactly("abcdef", "2", "tagged", "", null);
        assertThat(client.strlen("a")).isEqualTo(6);
        assertThat(client.getrange("a", 1, -2)).isEqualTo("bcde");
        assertThat(client.getrange("a", -100, 1)).isEqualTo("ab");
        assertThat(client.getrange("a", -1, -3)).isEmpty();
        assertThat(client.getrange("a", 4, 100)).isEqualTo("ef");
        assertThat(client.getrange("none", 0, -1)).isEmpty();
        assertThat(client.exists("a", "a", "none", "b")).isEqualTo(3);
        assertThat(client.type("a")).isEqualTo("string");
        assertThat(client.type("none")).isEqualTo("none");
        assertThat(client.ttl("a")).isEqualTo(-1);
        assertThat(client.ttl("none")).isEqualTo(-2);
        assertThat(client.del("a", "a", "none")).isEqualTo(1);
        assertThat(client.unlink("b")).isEqualTo(1);
        assertThat(client.mget("a", "b", "{b}")).containsExactly(null, null, "tagged");
    }

    @Test
    void expiryIsOneMomentOnAllServers() {
        Jedis client = servers.client(servers.proxy());
        long before = System.currentTimeMillis();
        client.sendCommand(Protocol.Command.SETEX, "k", "100", "v");

        assertThat(client.ttl("k")).isBetween(99L, 100L);
        assertThat(client.pttl("k")).isBetween(90_000L, 100_000L);
        long moment = client.pexpireTime("k");
        assertThat(moment).isBetween(before + 100_000, before + 110_000);
        for (int i = 0; i < 3; i++) {
            Jedis server = servers.at(i);
            await().untilAsserted(() -> assertThat(server.pexpireTime("k")).isEqualTo(moment));
            assertThat(server.pexpireTime("{k}~stamp")).isEqualTo(moment + 86_400_000);
        }
        client.set("k", "stays");
        assertThat(client.ttl("k")).isEqualTo(-1);
        assertThat(servers.at(0).ttl("{k}~stamp")).isEqualTo(-1);
    }

    @Test
    void whatExpiredIsGone() {
        Jedis client = servers.client(servers.proxy());
        client.sendCommand(Protocol.Command.PSETEX, "k", "100", "v");
        client.set("l", "v", SetParams.setParams().pxAt(System.currentTimeMillis() - 10));

        await().untilAsserted(() -> assertThat(client.get("k")).isNull());
        assertThat(client.get("l")).isNull();
        assertThat(client.exists("k")).isFalse();
        assertThat(client.ttl("k")).isEqualTo(-2);
        client.set("k", "again");
        assertThat(client.get("k")).isEqualTo("again");
    }

    @Test
    void aDeletedKeyLeavesAStampThatIsForgotten() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "v");
        client.del("k");

        await().untilAsserted(() -> assertThat(servers.at(2).exists("k")).isFalse());
        assertThat(servers.at(0).get("{k}~stamp")).matches("[0-9]{39}-[0-9]{13}");
        assertThat(servers.at(0).pttl("{k}~stamp")).isBetween(86_000_000L, 86_400_000L);
    }

    @Test
    void pipelinedCommandsOnOneKeyTakeEffectInOrder() {
        Jedis client = servers.client(servers.proxy());
        for (int round = 0; round < 20; round++) {
            Pipeline pipeline = client.pipelined();
            pipeline.set("k", "1");
            pipeline.set("other", "o" + round);
            Response<String> one = pipeline.get("k");
            pipeline.set("k", "2");
            Response<List<String>> both = pipeline.mget("k", "other");
            pipeline.del("k");
            Response<String> none = pipeline.get("k");
            pipeline.set("k", "3");
            pipeline.sync();

            assertThat(one.get()).isEqualTo("1");
            assertThat(both.get()).containsExactly("2", "o" + round);
            assertThat(none.get()).isNull();
        }
        assertThat(client.get("k")).isEqualTo("3");
        for (int i = 0; i < 3; i++) {
            Jedis server = servers.at(i);
            await().untilAsserted(() -> assertThat(server.get("k")).isEqualTo("3"));
        }
    }

    @Test
    void theWriteThatBeganLaterWinsWhateverTheClocksSay() {
        java.time.Instant past = java.time.Instant.parse("2001-01-01T00:00:00Z");
        Jedis punctual = servers.client(servers.proxy());
        Jedis slow = servers.client(servers.proxy(builder -> builder.clock(() -> past)));
        punctual.set("k", "first");
        slow.set("k", "second");

        assertThat(punctual.get("k")).isEqualTo("second");
        assertThat(slow.get("k")).isEqualTo("second");
    }

    @Test
    void aDatabaseIsSelectedHereAndHoldsForTheWritesAtTheServers() {
        int proxy = servers.proxy();
        Jedis client = servers.client(proxy);
        client.set("k", "zero");
        assertThat(client.select(3)).isEqualTo("OK");
        assertThat(client.get("k")).isNull();
        client.set("k", "three");
        assertThat(client.get("k")).isEqualTo("three");
        assertThat(servers.client(proxy).get("k")).isEqualTo("zero");
        Jedis server = servers.at(1);
        await().untilAsserted(() -> assertThat(server.get("k")).isEqualTo("zero"));
        server.select(3);
        await().untilAsserted(() -> assertThat(server.get("k")).isEqualTo("three"));
        assertThatThrownBy(() -> client.select(16)).hasMessage("ERR DB index is out of range");
    }

    @Test
    void binaryKeysAndValuesPass() {
        Jedis client = servers.client(servers.proxy());
        byte[] key = {0, '{', '}', (byte) 0xff, '\r', '\n'};
        byte[] value = {0, 1, (byte) 0x80, '\r', '\n', (byte) 0xff};
        client.set(key, value);
        assertThat(client.get(key)).isEqualTo(value);
        Jedis server = servers.at(0);
        await().untilAsserted(() -> assertThat(server.get(key)).isEqualTo(value));
    }

    @Test
    void whatWouldNeedAgreementIsRefusedAndChangesNothing() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "1");
        assertThatThrownBy(() -> client.incr("k"))
                .hasMessageStartingWith("ERR 'INCR' does not pass through RedisVersionStamp")
                .hasMessageContaining("GET, GETRANGE, MGET");
        for (Protocol.Command command : List.of(
                Protocol.Command.APPEND,
                Protocol.Command.LPUSH,
                Protocol.Command.EXPIRE,
                Protocol.Command.GETSET,
                Protocol.Command.SETNX,
                Protocol.Command.PUBLISH,
                Protocol.Command.RENAME)) {
            assertThatThrownBy(() -> client.sendCommand(command, "k", "2"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageContaining("does not pass through RedisVersionStamp");
        }
        assertThatThrownBy(client::flushAll).hasMessageContaining("does not pass");
        assertThatThrownBy(() -> client.eval("return 1")).hasMessageContaining("does not pass");
        assertThatThrownBy(() -> client.set("k", "2", SetParams.setParams().nx()))
                .hasMessageContaining("depends on the value before");
        assertThatThrownBy(() -> client.set("{k}~stamp", "9")).hasMessageContaining("choose another name");
        assertThatThrownBy(() -> client.sendCommand(Protocol.Command.SET, "k", "2", "EX", "0"))
                .hasMessage("ERR invalid expire time in 'set' command");
        assertThatThrownBy(() -> client.sendCommand(Protocol.Command.SET, "k", "2", "EX", "x"))
                .hasMessage("ERR value is not an integer or out of range");
        assertThatThrownBy(() -> client.sendCommand(Protocol.Command.SET, "k", "2", "BADLY"))
                .hasMessage("ERR syntax error");
        assertThatThrownBy(() -> client.sendCommand(Protocol.Command.GET))
                .hasMessage("ERR wrong number of arguments for 'get' command");
        assertThat(client.get("k")).isEqualTo("1");
    }

    @Test
    void nothingOfATransactionIsCarriedOut() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "1");
        Pipeline pipeline = client.pipelined();
        pipeline.sendCommand(Protocol.Command.MULTI, new String[0]);
        pipeline.set("k", "2");
        Response<Object> exec = pipeline.sendCommand(Protocol.Command.EXEC, new String[0]);
        Response<String> after = pipeline.get("k");
        pipeline.sync();

        assertThatThrownBy(exec::get).hasMessageStartingWith("EXECABORT");
        assertThat(after.get()).isEqualTo("1");
    }

    @Test
    void lettuceConnectsInResp3AndBehavesAsAtOneServer() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + servers.proxy());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().ping()).isEqualTo("PONG");
            connection.sync().mset(Map.of("a", "1", "b", "2"));
            assertThat(connection.sync().get("a")).isEqualTo("1");
            assertThat(connection.sync().get("none")).isNull();
            assertThat(connection.sync().info("server")).contains("redis_version");
            connection.sync().clientSetname("app");
            assertThat(connection.sync().clientGetname()).isEqualTo("app");
            assertThat(connection.sync().del("a", "b", "c")).isEqualTo(2);
        } finally {
            client.shutdown();
        }
    }
}
