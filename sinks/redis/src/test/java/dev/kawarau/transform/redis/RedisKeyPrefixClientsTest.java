package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.params.ScanParams;

/** Real clients behind a prefix, beside another tenant with the same keys. */
class RedisKeyPrefixClientsTest {
    @Test
    void lettuceWorksAsIfItWereAlone() throws Exception {
        try (Redis redis = new Redis()) {
            var server = redis.server();
            Wire other = redis.client(redis.proxy(server, RedisKeyPrefix.of("other:")));
            other.call("RPUSH", "list", "theirs");
            int port = redis.proxy(server, RedisKeyPrefix.of("mine:"));
            RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
            try {
                RedisCommands<String, String> commands = client.connect().sync();
                commands.rpush("list", "a", "b");
                assertThat(commands.blpop(1, "none", "list")).isEqualTo(KeyValue.just("list", "a"));
                assertThat(commands.keys("*")).containsExactly("list");
                assertThat(ScanIterator.scan(commands, ScanArgs.Builder.matches("l*")).stream())
                        .containsExactly("list");
                commands.multi();
                commands.set("k", "v");
                commands.keys("k*");
                TransactionResult results = commands.exec();
                assertThat(results.<List<String>>get(1)).containsExactly("k");
                assertThat(commands.randomkey()).isIn("k", "list");
            } finally {
                client.shutdown();
            }
            assertThat(other.call("LRANGE", "list", "0", "-1").toString()).isEqualTo("*1 $6 theirs ");
        }
    }

    @Test
    void jedisWorksAsIfItWereAlone() throws Exception {
        try (Redis redis = new Redis()) {
            var server = redis.server();
            redis.client(server.port()).call("SET", "k", "nobody's");
            try (Jedis jedis = new Jedis("127.0.0.1", redis.proxy(server, RedisKeyPrefix.of("mine:")))) {
                assertThat(jedis.get("k")).isNull();
                jedis.mset("k", "1", "l", "2");
                List<String> scanned = new ArrayList<>(
                        jedis.scan("0", new ScanParams().count(100)).getResult());
                assertThat(scanned).containsExactlyInAnyOrder("k", "l");
                Transaction transaction = jedis.multi();
                transaction.incr("k");
                transaction.keys("l");
                assertThat(transaction.exec()).hasSize(2).element(0).isEqualTo(2L);
            }
            assertThat(redis.client(server.port()).call("GET", "mine:k").text()).isEqualTo("2");
        }
    }
}
