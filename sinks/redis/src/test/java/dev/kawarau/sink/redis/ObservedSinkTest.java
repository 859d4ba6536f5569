package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.observe.DebugPrinter;
import dev.kawarau.transform.observe.HotKeys;
import dev.kawarau.transform.observe.HotKeys.By;
import dev.kawarau.transform.observe.HotKeys.Hot;
import dev.kawarau.transform.observe.Sampler;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Lettuce, over several event loops, through the transforms that look, to a real Redis. */
class ObservedSinkTest {
    private static final int CLIENTS = 4;
    private static final int KEYS = 200;
    private static final int GETS = 400;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final HotKeys all = HotKeys.builder().noFading().build();
    private final HotKeys some = HotKeys.builder().noFading().build();

    @Test
    void whatLettuceDoesIsSeenAndNothingOfItIsChanged() {
        EventLoops loops = EventLoops.of(2);
        RedisServer server = RedisServer.start();
        RedisSink sink = RedisSink.at(server.uri());
        Chain chain = Chain.named("observed")
                .then(DebugPrinter.to(lines::add))
                .then(all)
                .then(Sampler.percent(25, some).byKey())
                .to(sink);
        try (server;
                sink;
                Listener listener =
                        RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain)) {
            RedisClient client = RedisClient.create("redis://" + listener.address());
            try {
                converse(client);
            } finally {
                client.shutdown();
            }
            check();
        } finally {
            chain.close();
            loops.close();
        }
    }

    /** Each client writes its value to all keys, and reads one of them most; one client does so in another database. */
    private static void converse(RedisClient client) {
        for (int i = 0; i < CLIENTS; i++) {
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                if (i == 0) {
                    connection.sync().select(3);
                }
                RedisAsyncCommands<String, String> redis = connection.async();
                List<RedisFuture<?>> replies = new ArrayList<>();
                for (int key = 0; key < KEYS; key++) {
                    replies.add(redis.set("key:" + key, "secret" + i));
                }
                List<RedisFuture<String>> values = new ArrayList<>();
                for (int n = 0; n < GETS; n++) {
                    values.add(redis.get("key:" + (n % 2 == 0 ? 0 : n % 20)));
                }
                replies.addAll(values);
                assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(30), replies.toArray(RedisFuture[]::new)))
                        .isTrue();
                String own = "secret" + i;
                assertThat(values).allSatisfy(value -> assertThat(value.get()).isEqualTo(own));
            }
        }
    }

    private void check() {
        List<Hot> keys = all.top(2 * KEYS);
        assertThat(keys)
                .hasSize(2 * KEYS)
                .allSatisfy(hot -> assertThat(hot.error()).isZero());
        assertThat(keys.get(0).key()).isEqualTo("key:0");
        assertThat(keys.stream().mapToDouble(Hot::amount).sum()).isEqualTo(CLIENTS * (KEYS + GETS));
        assertThat(all.topNamespaces(2, By.REQUESTS)).extracting(Hot::namespace).containsExactly("0", "3");
        assertThat(all.top(1, By.BYTES).get(0).key()).isEqualTo("key:0");
        assertThat(all.top(1, By.TIME).get(0).amount()).isPositive();

        List<Hot> sampled = some.top(2 * KEYS);
        assertThat(sampled).hasSizeBetween(2 * 25, 2 * 75); // 50 of 200 in either database, by chance
        assertThat(keys).as("a key is counted as a whole or not at all").containsAll(withShareOfAll(sampled, keys));

        assertThat(lines).hasSizeGreaterThan(2 * CLIENTS * (KEYS + GETS)).noneMatch(line -> line.contains("secret"));
        assertThat(lines)
                .filteredOn(line -> line.contains("WRITE SET in 3, key \"key:7\""))
                .hasSize(1);
    }

    private static List<Hot> withShareOfAll(List<Hot> sampled, List<Hot> all) {
        double total = all.stream().mapToDouble(Hot::amount).sum();
        return sampled.stream()
                .map(hot -> new Hot(hot.namespace(), hot.key(), hot.amount(), hot.error(), hot.amount() / total))
                .toList();
    }
}
