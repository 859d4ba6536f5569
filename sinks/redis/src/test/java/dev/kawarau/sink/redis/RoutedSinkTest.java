package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.Route;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A session at two servers at once: writes go to one, reads to the other, which was filled with other values. */
class RoutedSinkTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RedisServer writes = RedisServer.start();
    private final RedisServer reads = RedisServer.start();
    private final RedisSink writing = sink(writes);
    private final RedisSink reading = sink(reads);
    private final Route route = Route.by(request -> request.query().kind() == Query.Kind.READ ? "reads" : "writes")
            .to("writes", writing)
            .to("reads", reading)
            .metrics(meters)
            .build();
    private final Chain chain = Chain.named("routed").metrics(meters).to(route);
    private final Listener listener =
            RespListener.on("127.0.0.1:0").metrics(meters).serve(chain);

    private RedisSink sink(RedisServer server) {
        return RedisSink.to("redis://" + server.host() + ":" + server.port())
                .metrics(meters)
                .build();
    }

    @BeforeEach
    void fill() {
        try (Jedis jedis = new Jedis(reads.host(), reads.port())) {
            for (int database = 0; database < 10; database++) {
                jedis.select(database);
                jedis.set("k", "read in " + database);
            }
        }
    }

    @AfterEach
    void stop() {
        listener.close();
        chain.close();
        route.close();
        writing.close();
        reading.close();
        writes.close();
        reads.close();
    }

    private String written(int database) {
        try (Jedis jedis = new Jedis(writes.host(), writes.port())) {
            jedis.select(database);
            return jedis.get("k");
        }
    }

    @Test
    void aServerThatASessionComesToLaterIsInTheDatabaseThatWasSelectedBefore() {
        try (Jedis client = new Jedis("127.0.0.1", listener.port())) {
            client.select(5);
            client.set("k", "five");

            assertThat(client.get("k")).isEqualTo("read in 5");
            assertThat(written(5)).isEqualTo("five");
        }
    }

    @Test
    void aServerThatASessionHasBeenAtFollowsItToAnotherDatabaseAndBack() {
        try (Jedis client = new Jedis("127.0.0.1", listener.port())) {
            for (int database : new int[] {0, 3, 7, 0, 3}) {
                client.select(database);
                client.set("k", "value " + database);
                assertThat(client.get("k")).isEqualTo("read in " + database);
                assertThat(written(database)).isEqualTo("value " + database);
            }
        }
    }

    @Test
    void lettuceSelectsAndPipelinesAndTransactionsStayWithTheWrites() {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(listener.port())
                .withDatabase(4)
                .build();
        RedisClient client = RedisClient.create(uri);
        try {
            RedisCommands<String, String> redis = client.connect().sync();
            assertThat(redis.get("k")).isEqualTo("read in 4");
            redis.watch("k");
            assertThat(redis.get("k")).as("under a WATCH, where it is watched").isNull();
            redis.multi();
            redis.set("k", "four");
            redis.get("k");
            TransactionResult result = redis.exec();

            assertThat(result.<String>get(1)).isEqualTo("four");
            assertThat(redis.get("k")).isEqualTo("read in 4");
            assertThat(written(4)).isEqualTo("four");
        } finally {
            client.shutdown();
        }
    }
}
