package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.Retry;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A {@link Retry} in front of a Redis that is away for a while: Lettuce notices nothing but the time that it takes. */
class RetriedSinkTest {
    @Test
    void whoAsksWhileTheServerIsAwayGetsTheAnswerWhenItIsBack() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Retry retry = Retry.to(100)
                .backOff(Duration.ofMillis(50), Duration.ofMillis(200))
                .deadline(Duration.ofSeconds(30))
                .build();
        try (RedisServer server = RedisServer.start("--appendonly", "yes");
                RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("retried")
                                .metrics(meters)
                                .then(retry)
                                .to(sink))) {
            RedisClient client = RedisClient.create("redis://" + listener.address());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                connection.sync().set("a", "1");
                server.kill();
                var get = connection.async().get("a");
                Awaitility.await()
                        .until(() -> meters.get("kawarau.retry.attempts")
                                        .functionCounter()
                                        .count()
                                > 0);
                var set = connection.async().set("a", "2");
                var after = connection.async().get("a");
                server.restart();
                assertThat(get.get(30, TimeUnit.SECONDS)).isEqualTo("1");
                assertThat(set.get(30, TimeUnit.SECONDS)).isEqualTo("OK");
                assertThat(after.get(30, TimeUnit.SECONDS)).isEqualTo("2");
            } finally {
                client.shutdown(0, 0, TimeUnit.SECONDS);
            }
        }
    }
}
