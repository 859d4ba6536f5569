package dev.kawarau.sample.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.redis.RedisComparator;
import dev.kawarau.transform.route.Tee;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;

/** A Tee between two real servers, with clients that do not know of it. */
class TeeRedisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RedisServer original = RedisServer.start();
    private final RedisServer copy = RedisServer.start();
    private final RedisSink originalSink = RedisSink.at(original.uri());
    private final RedisSink copySink = RedisSink.at(copy.uri());
    private final Tee tee = Tee.to(copySink).comparing(RedisComparator.create()).build();
    private final Chain chain = Chain.named("tee").then(tee).to(originalSink);
    private Listener listener;
    private RedisClient client;

    @BeforeEach
    void serve() {
        listener = RespListener.on("127.0.0.1:0").serve(chain);
        client = RedisClient.create("redis://" + listener.address());
    }

    @AfterEach
    void stop() {
        client.shutdown();
        listener.close();
        chain.close();
        originalSink.close();
        copySink.close();
        original.close();
        copy.close();
    }

    private Jedis jedis() {
        return new Jedis("127.0.0.1", listener.port());
    }

    private static String get(RedisServer server, int database, String key) {
        try (Jedis direct = new Jedis("127.0.0.1", server.port())) {
            direct.select(database);
            return direct.get(key);
        }
    }

    private static long size(RedisServer server) {
        try (Jedis direct = new Jedis("127.0.0.1", server.port())) {
            return direct.dbSize();
        }
    }

    private void settled() {
        Awaitility.await().atMost(PATIENCE).until(() -> tee.report().underWay() == 0);
    }

    /** Counts up through a pipeline, and checks each answer. */
    private static void count(RedisAsyncCommands<String, String> redis, String key, long from, int times) {
        List<RedisFuture<Long>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(redis.incr(key));
        }
        assertThat(LettuceFutures.awaitAll(PATIENCE, answers.toArray(RedisFuture[]::new)))
                .isTrue();
        for (int i = 0; i < times; i++) {
            assertThat(answers.get(i).toCompletableFuture().join()).isEqualTo(from + i + 1);
        }
    }

    @Test
    void pipelinesLeaveBothServersTheSame() {
        RedisAsyncCommands<String, String> redis = client.connect().async();
        for (int key = 0; key < 20; key++) {
            count(redis, "counter:" + key, 0, 100);
        }
        settled();

        assertThat(tee.report().operation("INCR").equal()).isEqualTo(2_000);
        assertThat(tee.report().total().different()).isZero();
        assertThat(size(copy)).isEqualTo(20);
        assertThat(get(copy, 0, "counter:7")).isEqualTo("100");
    }

    @Test
    void aCopyThatIsKilledAndComesBackIsNotNoticedByClients() {
        RedisAsyncCommands<String, String> redis = client.connect().async();
        count(redis, "counter", 0, 200);
        settled();
        copy.kill();
        count(redis, "counter", 200, 2_000);
        settled();
        assertThat(tee.report().operation("INCR").missedWrites()).isEqualTo(2_000);
        copy.restart();

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            redis.set("back", "yes").toCompletableFuture().join();
            assertThat(get(copy, 0, "back")).isEqualTo("yes");
        });
        assertThat(get(original, 0, "counter")).isEqualTo("2200");
    }

    @Test
    void aCopyThatHangsIsNotNoticedByClients() {
        RedisAsyncCommands<String, String> redis = client.connect().async();
        count(redis, "counter", 0, 10);
        settled();
        copy.pause();
        try {
            count(redis, "counter", 10, 12_000);
            // Whatever became of the copies, none was answered, and those that wait are bounded.
            assertThat(tee.report().operation("INCR").equal()).isEqualTo(10);
            assertThat(tee.report().underWay()).isLessThanOrEqualTo(10_000);
        } finally {
            copy.resume();
        }
        settled();
    }

    @Test
    void aSessionThatLostItsStateOnTheOtherSideBeginsAnewInItsDatabase() {
        try (Jedis jedis = jedis()) {
            jedis.select(3);
            jedis.set("a", "1");
            settled();
            copy.kill();
            assertThat(jedis.set("a", "2")).isEqualTo("OK");
            settled();
            copy.restart();
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                jedis.set("b", "3");
                assertThat(get(copy, 3, "b")).isEqualTo("3");
            });
            assertThat(get(copy, 0, "b")).isNull();
        }
    }

    @Test
    void transactionsArePartOfBoth() {
        try (Jedis jedis = jedis()) {
            Transaction transaction = jedis.multi();
            transaction.set("a", "1");
            Response<Long> count = transaction.incr("n");
            transaction.exec();
            assertThat(count.get()).isEqualTo(1);
            settled();
            assertThat(get(copy, 0, "a")).isEqualTo("1");
            assertThat(tee.report().operation("EXEC").equal()).isEqualTo(1);
        }
    }

    @Test
    void afterASwitchTheOriginalMayDieAndASessionKeepsItsDatabase() {
        try (Jedis jedis = jedis()) {
            jedis.select(3);
            jedis.set("a", "1");
            tee.answerFrom(Tee.Side.COPY);
            assertThat(jedis.get("a")).isEqualTo("1");
            original.kill();
            Pipeline pipeline = jedis.pipelined();
            List<Response<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                counts.add(pipeline.incr("n"));
            }
            pipeline.sync();
            for (int i = 0; i < 500; i++) {
                assertThat(counts.get(i).get()).isEqualTo(i + 1);
            }
            assertThat(get(copy, 3, "n")).isEqualTo("500");
        }
    }

    @Test
    void sidesAreSwitchedUnderPipelinesWithoutALossOrASecondTime() {
        RedisAsyncCommands<String, String> redis = client.connect().async();
        List<RedisFuture<Long>> answers = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            if (i % 1_000 == 500) {
                tee.answerFrom(i % 2_000 == 500 ? Tee.Side.COPY : Tee.Side.ORIGINAL);
            }
            answers.add(redis.incr("counter"));
        }
        assertThat(LettuceFutures.awaitAll(PATIENCE, answers.toArray(RedisFuture[]::new)))
                .isTrue();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).toCompletableFuture().join()).isEqualTo(i + 1);
        }
        settled();
        assertThat(tee.report().total().different()).isZero();
        assertThat(get(original, 0, "counter")).isEqualTo("6000");
        assertThat(get(copy, 0, "counter")).isEqualTo("6000");
    }

    @Test
    void whoeverSubscribedBeforeASwitchGetsWhatIsPublishedAfterIt() throws InterruptedException {
        StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        subscriber.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                messages.add(message);
            }
        });
        subscriber.sync().subscribe("news");
        try (Jedis jedis = jedis()) {
            jedis.publish("news", "one");
            tee.answerFrom(Tee.Side.COPY);
            jedis.publish("news", "two");
            settled();
            Awaitility.await().atMost(PATIENCE).until(() -> messages.size() == 2);
            assertThat(messages).containsExactly("one", "two");
        }
    }
}
