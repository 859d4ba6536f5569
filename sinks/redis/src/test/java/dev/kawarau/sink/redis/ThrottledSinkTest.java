package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.Throttle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** In real time, over several event loops: what a Redis behind a {@link Throttle} sees of clients that know no bounds. */
class ThrottledSinkTest {
    private static final int CLIENTS = 6;
    private static final int PIPELINE = 32;
    private static final int LIMIT = 4_000;
    private static final int BURST = 200;
    private static final long NANOS = Duration.ofMillis(1_500).toNanos();

    @Test
    void theServerSeesNoMoreThanTheLimitAndNotMuchLess() throws Exception {
        Throttle throttle =
                Throttle.to(LIMIT, Duration.ofSeconds(1)).burst(BURST).build();
        try (RedisServer server = RedisServer.start()) {
            flood(server, throttle, true);
        }
    }

    @Test
    void whereRequestsWaitTheServerSeesTheLimitAndNobodyIsRefused() throws Exception {
        Throttle throttle = Throttle.to(LIMIT, Duration.ofSeconds(1))
                .burst(BURST)
                .waiting(Duration.ofSeconds(10), CLIENTS * PIPELINE)
                .build();
        try (RedisServer server = RedisServer.start()) {
            flood(server, throttle, false);
        }
    }

    private static void flood(RedisServer server, Throttle throttle, boolean refuses) throws Exception {
        RedisSink sink = RedisSink.at(server.uri());
        EventLoops loops = EventLoops.of(3);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (Listener listener = RespListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .serve(Chain.named("throttled").then(throttle).to(sink))) {
            long start = System.nanoTime();
            List<Future<Integer>> refusals = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                refusals.add(threads.submit(() -> client(listener.port(), start + NANOS)));
            }
            int refused = 0;
            for (Future<Integer> one : refusals) {
                refused += get(one);
            }
            double seconds = (System.nanoTime() - start) / 1e9;

            int seen = seen(server);
            assertThat((double) seen).isLessThanOrEqualTo(BURST + LIMIT * seconds);
            assertThat((double) seen).isGreaterThan(0.7 * LIMIT * seconds);
            assertThat(refused > 0).isEqualTo(refuses);
        } finally {
            threads.shutdownNow();
            sink.close();
            loops.close();
        }
    }

    /** How many of its commands were refused. */
    private static int client(int port, long end) throws IOException {
        int refused = 0;
        String pipeline = RawClient.request("INCR", "seen").repeat(PIPELINE);
        try (RawClient client = new RawClient("127.0.0.1", port)) {
            while (System.nanoTime() < end) {
                client.write(pipeline);
                for (int i = 0; i < PIPELINE; i++) {
                    refused += client.reply().startsWith("-ERR more requests than") ? 1 : 0;
                }
            }
        }
        return refused;
    }

    private static int seen(RedisServer server) throws IOException {
        try (RawClient direct = new RawClient(server.host(), server.port())) {
            return Integer.parseInt(direct.call("GET", "seen").substring(1));
        }
    }

    private static int get(Future<Integer> refusals) throws Exception {
        try {
            return refusals.get();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        }
    }
}
