package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.ParallelMap;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server behind four copies of a chain with a transform that blocks: clients find what they find without the copies. */
@ParameterizedClass(name = "transparent {0}")
@ValueSource(booleans = {false, true})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class ParallelSinksTest {
    private static final int COPIES = 4;

    private final RedisServer server = RedisServer.start();
    private final RedisServer model = RedisServer.start();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService threads = Executors.newFixedThreadPool(COPIES);
    private final Chain[] copies = new Chain[COPIES];
    private final List<RedisSink> sinks = new ArrayList<>();

    @Parameter
    private boolean transparent;

    private Listener listener;

    @BeforeEach
    void serve() {
        for (int i = 0; i < COPIES; i++) {
            RedisSink.Builder builder = RedisSink.to(server.uri());
            // Clients' own connections are one for each sink; those that are shared are shared by the copies too.
            if (transparent || sinks.isEmpty()) {
                sinks.add((transparent ? builder.transparent() : builder).build());
            }
            copies[i] = Chain.named("copy " + i)
                    .metrics(meters)
                    .then(Transform.blocking(threads, (request, next) -> next.send(request)))
                    .to(sinks.get(sinks.size() - 1));
        }
        ParallelMap map = ParallelMap.to(copies).metrics(meters).build();
        listener = RespListener.on("127.0.0.1:0")
                .serve(Chain.named("parallel").metrics(meters).to(map));
    }

    @AfterEach
    void stop() {
        listener.close();
        List.of(copies).forEach(Chain::close);
        sinks.forEach(RedisSink::close);
        threads.shutdownNow();
        server.close();
        model.close();
    }

    /** Commands of every sort, drawn by chance, in pipelines of a few hundred. */
    @Test
    void whatAPipelineAnswersIsWhatTheServerAnswersWithoutCopies() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (RawClient client = new RawClient("127.0.0.1", listener.port());
                RawClient direct = new RawClient(model.host(), model.port())) {
            for (int round = 0; round < 8; round++) {
                StringBuilder pipeline = new StringBuilder();
                int replies = 0;
                for (int i = 0; i < 300; i++) {
                    for (String[] command : commands(random)) {
                        pipeline.append(RawClient.request(command));
                        replies++;
                    }
                }
                client.write(pipeline.toString());
                direct.write(pipeline.toString());
                for (int i = 0; i < replies; i++) {
                    assertThat(client.reply()).as("seed %d, reply %d", seed, i).isEqualTo(direct.reply());
                }
            }
        }
        for (int i = 0; i < COPIES; i++) {
            assertThat(meters.get("kawarau.parallel.requests")
                            .tag("target", Integer.toString(i))
                            .functionCounter()
                            .count())
                    .isGreaterThan(100);
        }
    }

    private static List<String[]> commands(Random random) {
        String key = "k" + random.nextInt(10);
        String other = "k" + random.nextInt(10);
        String value = Integer.toString(random.nextInt(1_000));
        return switch (random.nextInt(30)) {
            case 0 -> List.<String[]>of(new String[] {"MSET", key, value, other, value});
            case 1 -> List.<String[]>of(new String[] {"MGET", key, other});
            case 2 -> List.<String[]>of(new String[] {"DBSIZE"});
            case 3 -> List.<String[]>of(new String[] {"SELECT", Integer.toString(random.nextInt(3))});
            case 4 -> List.<String[]>of(new String[] {"DEL", key, other});
            case 5 -> List.<String[]>of(new String[] {"RENAME", key, other});
            case 6 ->
                List.<String[]>of(
                        new String[] {"MULTI"}, new String[] {"INCR", key}, new String[] {"GET", other}, new String[] {
                            "EXEC"
                        });
            case 7 ->
                List.<String[]>of(new String[] {"WATCH", key}, new String[] {"GET", key}, new String[] {"UNWATCH"});
            case 8 -> List.<String[]>of(new String[] {"LPUSH", "list " + key, value});
            case 9 ->
                List.<String[]>of(
                        new String[] {"RPUSH", "list " + key, value}, new String[] {"BLPOP", "list " + key, "1"});
            case 10 -> List.<String[]>of(new String[] {"EVAL", "return redis.call('KEYS', 'none*')", "0"});
            case 11 -> List.<String[]>of(new String[] {"PING"});
            case 12, 13, 14, 15, 16, 17 -> List.<String[]>of(new String[] {"INCR", key});
            case 18, 19, 20, 21 -> List.<String[]>of(new String[] {"SET", key, value});
            default -> List.<String[]>of(new String[] {"GET", key});
        };
    }

    @Test
    void lettuceFindsItsTransactionsListsAndMessages() throws Exception {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + listener.port() + "/2");
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            List<RedisFuture<Long>> counted = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                counted.add(connection.async().incr("counter " + i % 7));
            }
            for (int i = 0; i < 400; i++) {
                assertThat(counted.get(i).get(10, TimeUnit.SECONDS)).isEqualTo(i / 7 + 1);
            }
            RedisCommands<String, String> redis = connection.sync();
            redis.multi();
            redis.set("a", "1");
            redis.incr("counter 0");
            TransactionResult result = redis.exec();
            assertThat(result.<Long>get(1)).isEqualTo(59);
            assertThat(redis.get("a")).isEqualTo("1");
            redis.rpush("list", "tea");
            assertThat(redis.blpop(5, "list")).isEqualTo(KeyValue.just("list", "tea"));
            assertThat(redis.dbsize()).isEqualTo(8);
        } finally {
            client.shutdown();
        }
    }
}
