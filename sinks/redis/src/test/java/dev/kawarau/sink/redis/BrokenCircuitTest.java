package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.CircuitBreaker;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** A {@link CircuitBreaker} in front of a Redis that goes and comes back. */
class BrokenCircuitTest {
    @Test
    void itOpensWhenTheServerGoesAndClosesWhenItIsBack() {
        CircuitBreaker breaker = CircuitBreaker.to("redis")
                .window(10, 5)
                .openFor(Duration.ofMillis(300))
                .build();
        try (RedisServer server = RedisServer.start();
                RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("broken").then(breaker).to(sink));
                Jedis client = new Jedis("127.0.0.1", listener.port())) {
            client.set("a", "1");
            server.kill();
            Awaitility.await().until(() -> refusal(client).contains("circuit breaker \"redis\" is open"));
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
            server.restart();
            Awaitility.await().until(() -> refusal(client).isEmpty());
            Awaitility.await().until(() -> {
                refusal(client);
                return breaker.state() == CircuitBreaker.State.CLOSED;
            });
        }
    }

    /** What the client is told; empty if there was no error. */
    private static String refusal(Jedis client) {
        try {
            client.get("a");
            return "";
        } catch (JedisDataException refused) {
            return refused.getMessage();
        }
    }
}
