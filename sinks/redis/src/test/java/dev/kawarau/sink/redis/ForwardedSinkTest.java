package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.Retry;
import dev.kawarau.transform.route.Forward;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lettuce in front of a {@link Forward} with real servers behind. */
class ForwardedSinkTest {
    private static final RespMessage ZERO = RespMessage.of(RespValue.integer(0));

    private final List<AutoCloseable> open = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RedisServer main = opened(RedisServer.start());
    private final EventLoops loops = opened(EventLoops.of(2));

    private <T extends AutoCloseable> T opened(T part) {
        open.add(0, part);
        return part;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    private StatefulRedisConnection<String, String> connect(Forward forward) {
        RedisSink sink = opened(RedisSink.at(main.uri()));
        Chain chain = Chain.named("orders").metrics(meters).then(forward).to(sink);
        open.add(0, chain::close);
        Listener listener =
                opened(RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain));
        RedisClient client = RedisClient.create("redis://" + listener.address());
        open.add(0, client::shutdown);
        return opened(client.connect());
    }

    private StatefulRedisConnection<String, String> direct(RedisServer server) {
        RedisClient client = RedisClient.create(server.uri());
        open.add(0, client::shutdown);
        return opened(client.connect());
    }

    private Forward.Builder to(RedisServer server) {
        RedisSink sink = opened(RedisSink.at(server.uri()));
        return Forward.to(Chain.named("later").metrics(meters).to(sink))
                .when(request -> request.query().kind() == Query.Kind.WRITE);
    }

    private static Message answer(Message request) {
        return request.query().operation().equals("RPUSH") ? ZERO : request.acknowledgement();
    }

    @Test
    void aClientReadsWhatItWroteInTheOrderInWhichItWroteIt() throws Exception {
        StatefulRedisConnection<String, String> client =
                connect(to(main).answering(ForwardedSinkTest::answer).build());
        int many = 2_000;
        List<RedisFuture<?>> replies = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            replies.add(client.async().rpush("list", "" + i));
            replies.add(client.async().set("last", "" + i));
        }
        RedisFuture<List<String>> list = client.async().lrange("list", 0, -1);
        RedisFuture<String> last = client.async().get("last");
        assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(20), replies.toArray(RedisFuture<?>[]::new)))
                .isTrue();

        assertThat(list.get())
                .isEqualTo(IntStream.range(0, many).mapToObj(i -> "" + i).toList());
        assertThat(last.get()).isEqualTo("" + (many - 1));
        assertThat(replies.get(0).get()).isEqualTo(0L);
    }

    @Test
    void whatFollowsASelectIsCarriedOutInThatDatabase() {
        StatefulRedisConnection<String, String> client = connect(to(main).build());
        for (int database : List.of(3, 0, 5)) {
            client.sync().set("k", "before " + database);
            client.sync().select(database);
            client.sync().set("k", "in " + database);
            assertThat(client.sync().get("k")).isEqualTo("in " + database);
        }
        StatefulRedisConnection<String, String> check = direct(main);
        for (var expected : List.of(List.of("3", "before 0"), List.of("0", "before 5"), List.of("5", "in 5"))) {
            check.sync().select(Integer.parseInt(expected.get(0)));
            assertThat(check.sync().get("k")).isEqualTo(expected.get(1));
        }
    }

    @Test
    void anotherServerGetsItInItsOwnDatabase() {
        RedisServer other = opened(RedisServer.start());
        RedisSink sink = opened(RedisSink.at(other.uri() + "/7"));
        Forward forward = Forward.to(Chain.named("later").to(sink))
                .when(request -> request.query().kind() == Query.Kind.WRITE)
                .build();
        StatefulRedisConnection<String, String> client = connect(forward);
        assertThat(client.sync().set("k", "v")).isEqualTo("OK");
        assertThat(client.sync().get("k")).isNull();

        StatefulRedisConnection<String, String> check = direct(other);
        check.sync().select(7);
        assertThat(check.sync().get("k")).isEqualTo("v");
    }

    @Test
    void aTransactionIsCarriedOutAsEver() {
        StatefulRedisConnection<String, String> client = connect(to(main).build());
        client.sync().set("k", "1");
        client.sync().multi();
        client.sync().set("k", "2");
        client.sync().get("k");
        assertThat(client.sync().exec().<String>get(1)).isEqualTo("2");
        assertThat(client.sync().get("k")).isEqualTo("2");
    }

    @Test
    void aServerThatIsAwayHarmsNoClientAndRetriesBringThroughWhatTheyCan() throws Exception {
        RedisServer other = opened(RedisServer.start());
        RedisSink sink = opened(RedisSink.at(other.uri()));
        Retry retry = Retry.to(50)
                .backOff(Duration.ofMillis(10), Duration.ofMillis(50))
                .deadline(Duration.ofSeconds(8))
                .budget(1, 1_000)
                .build();
        Forward forward = Forward.to(
                        Chain.named("later").metrics(meters).then(retry).to(sink))
                .when(request -> request.query().kind() == Query.Kind.WRITE)
                .timeout(Duration.ofSeconds(20))
                .build();
        StatefulRedisConnection<String, String> client = connect(forward);
        other.kill();
        assertThat(client.sync().set("k", "v")).isEqualTo("OK");
        assertThat(forward.buffered()).isEqualTo(1);

        other.restart();

        StatefulRedisConnection<String, String> check = direct(other);
        await().until(() -> "v".equals(check.sync().get("k")));
        await().until(() -> forward.buffered() == 0);
        assertThat(meters.get("kawarau.forward")
                        .tag("outcome", "done")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void closingTheChainLeavesNothingBehind() throws Exception {
        RedisSink sink = RedisSink.at(main.uri());
        RedisSink later = RedisSink.at(main.uri());
        Forward forward = Forward.to(Chain.named("later").to(later))
                .when(request -> true)
                .concurrency(1)
                .build();
        Chain chain = Chain.named("orders").metrics(meters).then(forward).to(sink);
        Listener listener = RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain);
        StringBuilder writes = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            writes.append(RawClient.request("SET", "k" + i, "v"));
        }
        try (RawClient client = new RawClient("127.0.0.1", listener.port())) {
            client.write(writes.toString());
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.reply()).startsWith("+OK");
            }
        }
        listener.close();
        chain.close();
        sink.close();
        later.close();
        assertThat(direct(main).sync().dbsize()).isEqualTo(1_000);
    }
}
