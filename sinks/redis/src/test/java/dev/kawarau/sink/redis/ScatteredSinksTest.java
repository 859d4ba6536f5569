package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.Collate;
import dev.kawarau.transform.route.Scatter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Two real servers behind a {@link Scatter}: both get all writes, reads are answered by the faster. */
@ParameterizedClass(name = "transparent {0}")
@ValueSource(booleans = {false, true})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class ScatteredSinksTest {
    private final RedisServer a = RedisServer.start();
    private final RedisServer b = RedisServer.start();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Parameter
    private boolean transparent;

    private RedisSink atA;
    private RedisSink atB;
    private Listener listener;

    @BeforeEach
    void serve() {
        atA = sink(a);
        atB = sink(b);
        Scatter scatter = Scatter.toAll()
                .to("a", atA)
                .to("b", atB)
                .collate(Query.Kind.READ, Collate.fastest())
                .metrics(meters)
                .build();
        listener = RespListener.on("127.0.0.1:0").serve(Chain.named("scattered").to(scatter));
    }

    private RedisSink sink(RedisServer server) {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        return (transparent ? builder.transparent() : builder).build();
    }

    @AfterEach
    void stop() {
        listener.close();
        atA.close();
        atB.close();
        a.close();
        b.close();
    }

    private static String at(RedisServer server, int database, String key) {
        try (Jedis jedis = new Jedis(server.host(), server.port())) {
            jedis.select(database);
            return jedis.get(key);
        }
    }

    @Test
    void lettuceWritesToBothAndReadsFromWhicheverIsThere() throws Exception {
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(listener.port())
                .withDatabase(3)
                .build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            List<RedisFuture<String>> written = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                written.add(connection.async().set("k" + i, "v" + i));
            }
            for (RedisFuture<String> one : written) {
                assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo("OK");
            }
            assertThat(at(a, 3, "k199")).isEqualTo("v199");
            assertThat(at(b, 3, "k199")).isEqualTo("v199");

            a.pause();
            for (int i = 0; i < 50; i++) {
                assertThat(connection.sync().get("k" + i)).isEqualTo("v" + i);
            }
            a.resume();
            assertThat(connection.sync().set("k0", "w")).isEqualTo("OK");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(meters.get("kawarau.scatter.late")
                                    .tag("target", "a")
                                    .functionCounter()
                                    .count())
                            .isGreaterThanOrEqualTo(50));
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aWriteThatOneServerCannotTakeIsAnErrorThatSaysSoAndReadsGoOn() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + listener.port());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().set("k", "old");
            b.kill();
            assertThatExceptionOfType(RedisCommandExecutionException.class)
                    .isThrownBy(() -> connection.sync().set("k", "new"))
                    .withMessageStartingWith("ERR b: ")
                    .withMessageEndingWith("other chains may have carried it out");
            if (!transparent) {
                assertThat(connection.sync().get("k")).isEqualTo("new");
            }
        } finally {
            client.shutdown();
        }
    }

    @Test
    void whoTheClientIsAndWhereItIsIsTheSameAtBothInAPipeline() throws IOException {
        try (RawClient client = new RawClient("127.0.0.1", listener.port())) {
            StringBuilder pipeline = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                pipeline.append(RawClient.request("SELECT", Integer.toString(i % 8)));
                pipeline.append(RawClient.request("SET", "where", "in " + i % 8));
                pipeline.append(RawClient.request("GET", "where"));
            }
            client.write(pipeline.toString());
            for (int i = 0; i < 100; i++) {
                assertThat(client.reply()).isEqualTo("+OK");
                assertThat(client.reply()).isEqualTo("+OK");
                assertThat(client.reply()).isEqualTo("$in " + i % 8);
            }
        }
        for (int database = 0; database < 8; database++) {
            assertThat(at(a, database, "where")).isEqualTo("in " + database);
            assertThat(at(b, database, "where")).isEqualTo("in " + database);
        }
    }

    @Test
    void aTransactionThatBothWouldHaveToCarryOutIsCarriedOutByNone() throws IOException {
        try (RawClient client = new RawClient("127.0.0.1", listener.port())) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "v")).startsWith("-ERR Scatter: SET is in a transaction");
            assertThat(client.call("EXEC")).startsWith("-EXECABORT");
            assertThat(client.call("SET", "k", "w")).isEqualTo("+OK");
        }
        assertThat(at(a, 0, "k")).isEqualTo("w");
        assertThat(at(b, 0, "k")).isEqualTo("w");
    }

    @Test
    void aSessionIsWhereItWasWhenAnotherChainTakesOver() throws IOException {
        RedisSink only = sink(b);
        try (RawClient client = new RawClient("127.0.0.1", listener.port())) {
            assertThat(client.call("SELECT", "5")).isEqualTo("+OK");
            // A write, whose answers are all there; after a read the session may stay until its next request.
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
            Chain next = Chain.named("next").to(only);
            listener.serve(next)
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            a.kill();
            assertThat(client.call("GET", "k")).isEqualTo("$v");
            assertThat(client.call("SET", "k", "w")).isEqualTo("+OK");
        } finally {
            listener.close();
            only.close();
        }
        assertThat(at(b, 5, "k")).isEqualTo("w");
    }
}
