package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.FaultInjection;
import dev.kawarau.transform.control.FaultInjection.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A {@link FaultInjection} in front of a real Redis: what Jedis is told, and what was carried out, is what was injected. */
class FaultySinkTest {
    private static final int INCREMENTS = 1_000;

    private final RedisServer server = RedisServer.start();
    private final RedisSink sink = RedisSink.at(server.uri());

    @AfterEach
    void stop() {
        sink.close();
        server.close();
    }

    private Listener serve(FaultInjection faults) {
        return RespListener.on("127.0.0.1:0")
                .serve(Chain.named("faulty").then(faults).to(sink));
    }

    @Test
    void whatWasLostAndWhatWasCarriedOutAddsUp() {
        FaultInjection faults = FaultInjection.builder()
                .delay(0.1, Duration.ofMillis(1), Duration.ofMillis(3))
                .error(0.05, new Failure(Failure.Kind.OVERLOADED, "try again later"))
                .loseRequests(0.02)
                .loseReplies(0.02)
                .lostAfter(Duration.ofMillis(5))
                .disconnect(0.03)
                .seed(42)
                .build();
        try (Listener listener = serve(faults)) {
            int acknowledged = 0;
            int refused = 0;
            int silent = 0;
            int cut = 0;
            Jedis jedis = new Jedis("127.0.0.1", listener.port());
            for (int i = 0; i < INCREMENTS; i++) {
                try {
                    jedis.incr("count");
                    acknowledged++;
                } catch (JedisConnectionException gone) {
                    cut++;
                    jedis.close();
                    jedis = new Jedis("127.0.0.1", listener.port());
                } catch (JedisDataException error) {
                    refused += error.getMessage().equals("ERR try again later") ? 1 : 0;
                    silent += error.getMessage().startsWith("ERR no reply within 5 ms") ? 1 : 0;
                }
            }
            jedis.close();

            assertThat(acknowledged + refused + silent + cut).isEqualTo(INCREMENTS);
            assertThat(refused).isEqualTo((int) faults.count(Fault.ERROR)).isPositive();
            assertThat(cut).isEqualTo((int) faults.count(Fault.DISCONNECT)).isPositive();
            assertThat(silent).isEqualTo((int) (faults.count(Fault.LOST_REQUEST) + faults.count(Fault.LOST_REPLY)));
            assertThat(faults.count(Fault.DELAY)).isPositive();
            int carriedOut = acknowledged + (int) faults.count(Fault.LOST_REPLY);
            faults.off();
            try (Jedis sound = new Jedis("127.0.0.1", listener.port())) {
                // Some of those whose connection was cut were carried out, and some were not.
                assertThat(Integer.parseInt(sound.get("count"))).isStrictlyBetween(carriedOut, carriedOut + cut);
            }
        }
    }

    @Test
    void anErrorInATransactionKeepsItFromBeingCarriedOut() throws Exception {
        FaultInjection faults = FaultInjection.builder()
                .error(1, new Failure(Failure.Kind.OVERLOADED, "no"))
                .when(request -> request.query().operation().equals("SET"))
                .build();
        // What waits goes before the EXEC, too.
        faults.rate(Fault.DELAY, 1);
        try (Listener listener = serve(faults);
                RawClient client = new RawClient("127.0.0.1", listener.port())) {
            client.write(RawClient.request("MULTI")
                    + RawClient.request("INCR", "b")
                    + RawClient.request("SET", "a", "1")
                    + RawClient.request("EXEC"));
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("+QUEUED");
            assertThat(client.reply()).isEqualTo("-ERR no");
            assertThat(client.reply()).startsWith("-EXECABORT");
            assertThat(client.call("GET", "b")).isEqualTo("$nil");
        }
    }
}
