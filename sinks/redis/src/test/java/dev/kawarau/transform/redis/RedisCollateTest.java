package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.Scatter;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two real servers that hold different keys: those that begin with a are at the first, the rest at the second. What is
 * about several keys, or none, goes to both.
 */
class RedisCollateTest {
    private final RedisServer first = RedisServer.start();
    private final RedisServer second = RedisServer.start();
    private final RedisSink atFirst = RedisSink.at(first.uri());
    private final RedisSink atSecond = RedisSink.at(second.uri());
    private final Listener listener = RespListener.on("127.0.0.1:0")
            .serve(Chain.named("sharded")
                    .to(Scatter.by(RedisCollateTest::where)
                            .to("first", atFirst)
                            .to("second", atSecond)
                            .collate(RedisCollate.create())
                            .metrics(new SimpleMeterRegistry())
                            .build()));
    private Wire client;

    private static List<String> where(Message request) {
        return switch (request.query().operation()) {
            case "SET", "SADD", "HSET" -> {
                String key = request.query().keys().get(0).toString(StandardCharsets.US_ASCII);
                yield List.of(key.startsWith("a") ? "first" : "second");
            }
            default -> List.of("first", "second");
        };
    }

    @BeforeEach
    void connect() throws IOException {
        client = new Wire(listener.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        listener.close();
        atFirst.close();
        atSecond.close();
        first.close();
        second.close();
    }

    /** The answer in one line; what has no order is sorted. */
    private String ask(String command) throws IOException {
        Wire.Frame answer = client.call(command.split(" "));
        boolean isSet = answer.bytes().startsWith("~") || command.startsWith("KEYS") || command.startsWith("S");
        return (isSet ? answer.sorted() : answer.bytes()).replace("\r\n", " ").strip();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void severalServersAnswerAsOne(int version) throws IOException {
        String set = version == 2 ? "*" : "~";
        String nil = version == 2 ? "$-1" : "_";
        client.call("HELLO", Integer.toString(version));
        for (String command :
                List.of("SET a1 x", "SET b1 y", "SET b2 z", "SADD as 1 2", "SADD bs 2 3", "HSET bh f v")) {
            assertThat(ask(command)).doesNotStartWith("-");
        }

        assertThat(ask("DBSIZE")).isEqualTo(":6");
        assertThat(ask("EXISTS a1 b1 b2 none")).isEqualTo(":3");
        assertThat(ask("KEYS *1")).isEqualTo("*2 $2 a1 $2 b1");
        assertThat(ask("MGET b1 none a1")).isEqualTo(("*3 $1 y " + nil + " $1 x"));
        assertThat(ask("GET b2")).isEqualTo("$1 z");
        assertThat(ask("GET none")).isEqualTo(nil);
        assertThat(ask("HGET bh f")).isEqualTo("$1 v");
        assertThat(ask("HMGET bh f g")).isEqualTo("*2 $1 v " + nil);
        assertThat(ask("SMEMBERS bs")).isEqualTo(set + "2 $1 2 $1 3");
        assertThat(ask("SUNION as bs")).isEqualTo(set + "3 $1 1 $1 2 $1 3");
        assertThat(ask("TOUCH a1 b1")).isEqualTo(":2");
        assertThat(ask("UNLINK a1 b1 none")).isEqualTo(":2");
        assertThat(ask("DEL as bs b2")).isEqualTo(":3");
        assertThat(ask("RANDOMKEY")).isEqualTo("$2 bh");
        assertThat(ask("FLUSHALL")).isEqualTo("+OK");
        assertThat(ask("DBSIZE")).isEqualTo(":0");
    }

    @Test
    void whatOneServerCannotTellOfAnotherIsRefused() throws IOException {
        assertThat(ask("SCAN 0"))
                .isEqualTo("-ERR SCAN has no answer that is made of those of several servers; send it to one");
        assertThat(ask("STRLEN b1")).startsWith("-ERR STRLEN has no answer");
        assertThat(ask("PING")).isEqualTo("+PONG");
    }

    @Test
    void theErrorOfOneServerIsTheAnswer() throws IOException {
        ask("SADD bs 1");
        assertThat(ask("GET bs")).startsWith("-WRONGTYPE");
        second.kill();
        assertThat(ask("DBSIZE")).startsWith("-ERR second: ");
    }

    @Test
    void lettuceSeesOneServer() {
        RedisClient lettuce = RedisClient.create("redis://127.0.0.1:" + listener.port());
        try (StatefulRedisConnection<String, String> connection = lettuce.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.set("a", "1");
            redis.set("b", "2");
            assertThat(redis.mget("b", "c", "a"))
                    .containsExactly(KeyValue.just("b", "2"), KeyValue.empty("c"), KeyValue.just("a", "1"));
            assertThat(redis.keys("*")).containsExactlyInAnyOrder("a", "b");
            assertThat(redis.del("a", "b", "c")).isEqualTo(2);
        } finally {
            lettuce.shutdown();
        }
    }
}
