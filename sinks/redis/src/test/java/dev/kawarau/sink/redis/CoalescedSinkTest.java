package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.Coalesce;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;

/** Jedis in front of a {@link Coalesce}, a real server behind it. */
class CoalescedSinkTest {
    private static final Pattern READS = Pattern.compile("total_reads_processed:([0-9]+)");
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 100;

    private static long reads(Jedis direct) {
        Matcher matcher = READS.matcher(direct.info("stats"));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void requestsOfClientsThatTakeTurnsReachTheServerTogetherAndEachClientSeesItsOwnOrder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        EventLoops loops = EventLoops.of(1);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RedisServer server = RedisServer.start();
                RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .eventLoops(loops)
                        .serve(Chain.named("coalesced")
                                .metrics(meters)
                                .then(Coalesce.of(CLIENTS, Duration.ofMillis(20)))
                                .to(sink));
                Jedis direct = new Jedis("127.0.0.1", server.port())) {
            long before = reads(direct);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(threads.submit(() -> client(listener.port(), number)));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            long asked = 2L * CLIENTS * ROUNDS;
            assertThat(reads(direct) - before).isLessThan(asked / 2);
            assertThat(meters.get("kawarau.coalesce.requests").functionCounter().count())
                    .isEqualTo(asked);
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(direct.llen("list:" + i)).isEqualTo(ROUNDS);
            }
        } finally {
            threads.shutdownNow();
            loops.close();
        }
    }

    private static void client(int port, int number) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            for (int i = 1; i <= ROUNDS; i++) {
                assertThat(jedis.rpush("list:" + number, "" + i)).isEqualTo(i);
                assertThat(jedis.lindex("list:" + number, -1)).isEqualTo("" + i);
            }
        }
    }

    @Test
    void pipelinesWithTransactionsAndOtherDatabasesInThemAreCarriedOutInOrder() {
        EventLoops loops = EventLoops.of(1);
        try (RedisServer server = RedisServer.start();
                RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .eventLoops(loops)
                        .serve(Chain.named("coalesced")
                                .then(Coalesce.of(1_000, Duration.ofMillis(5)))
                                .to(sink));
                Jedis jedis = new Jedis("127.0.0.1", listener.port())) {
            List<Response<Long>> counts = new ArrayList<>();
            Pipeline pipeline = jedis.pipelined();
            for (int i = 0; i < 50; i++) {
                counts.add(pipeline.incr("n"));
            }
            pipeline.sync();
            for (int i = 0; i < 50; i++) {
                assertThat(counts.get(i).get()).isEqualTo(i + 1);
            }

            jedis.set("k", "0");
            try (Transaction transaction = jedis.multi()) {
                transaction.incr("k");
                Response<String> read = transaction.get("k");
                transaction.exec();
                assertThat(read.get()).isEqualTo("1");
            }
            jedis.select(3);
            assertThat(jedis.get("k")).isNull();
            jedis.set("k", "three");
            jedis.select(0);
            assertThat(jedis.get("k")).isEqualTo("1");
        } finally {
            loops.close();
        }
    }
}
