package dev.kawarau.sink.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.observe.Capture;
import dev.kawarau.transform.observe.Replay;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

/** What Lettuce did to a real Redis, captured and sent again to an empty one, which then holds the same. */
class ReplayedSinkTest {
    private static final int ROUNDS = 300;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void aSecondRedisHoldsTheSame(Capture.Format format) throws Exception {
        Path path = directory.resolve("capture");
        try (RedisServer first = RedisServer.start();
                RedisServer second = RedisServer.start()) {
            capture(first, Capture.of(path).format(format).withRequests().build());
            Replay.Report report = replay(path, second);

            assertThat(report.unanswered()).isZero();
            assertThat(report.missing()).isZero();
            // CLIENT SETINFO, which an old Redis does not know, is an error as it was before.
            assertThat(report.differing()).isZero();
            assertThat(report.sent()).isGreaterThan(2 * 4 * ROUNDS);
            for (int database = 0; database < 2; database++) {
                assertThat(dump(second, database)).hasSizeGreaterThan(10).isEqualTo(dump(first, database));
            }
            assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
                    .doesNotContain("hunter2");
        }
    }

    private static void capture(RedisServer server, Capture capture) {
        EventLoops loops = EventLoops.of(2);
        RedisSink sink = RedisSink.at(server.uri());
        Chain chain = Chain.named("captured").then(capture).to(sink);
        try (sink;
                Listener listener =
                        RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain)) {
            RedisClient client = RedisClient.create("redis://" + listener.address());
            try (StatefulRedisConnection<String, String> one = client.connect();
                    StatefulRedisConnection<String, String> other = client.connect()) {
                other.sync().select(1);
                other.async().auth("hunter2"); // there is no password, and so an error
                List<RedisFuture<?>> replies = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    pipeline(one.async(), i, replies);
                    pipeline(other.async(), i, replies);
                }
                assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(30), replies.toArray(RedisFuture[]::new)))
                        .isTrue();
            } finally {
                client.shutdown();
            }
        } finally {
            chain.close();
            loops.close();
        }
    }

    /** Each depends on what came before it in the connection. */
    private static void pipeline(RedisAsyncCommands<String, String> redis, int i, List<RedisFuture<?>> replies) {
        replies.add(redis.rpush("list" + i % 7, "value" + i));
        replies.add(redis.append("text" + i % 5, "+" + i));
        replies.add(redis.multi());
        replies.add(redis.incrby("sum", i));
        replies.add(redis.hset("hash", "field" + i % 11, "\0" + i));
        replies.add(redis.exec());
    }

    private static Replay.Report replay(Path path, RedisServer server) throws Exception {
        try (RedisSink sink = RedisSink.at(server.uri());
                Replay replay = Replay.of(path)
                        .unpaced()
                        .start((address, chain) -> RespListener.on(address).serve(chain), sink)) {
            return replay.report().toCompletableFuture().get(30, SECONDS);
        }
    }

    private static Map<String, String> dump(RedisServer server, int database) {
        Map<String, String> all = new TreeMap<>();
        try (Jedis jedis = new Jedis(server.host(), server.port())) {
            jedis.select(database);
            for (String key : jedis.keys("*")) {
                all.put(
                        key,
                        String.valueOf(
                                switch (jedis.type(key)) {
                                    case "list" -> jedis.lrange(key, 0, -1);
                                    case "hash" -> new TreeMap<>(jedis.hgetAll(key));
                                    default -> jedis.get(key);
                                }));
            }
        }
        return all;
    }
}
