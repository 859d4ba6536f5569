package dev.kawarau.sink.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** {@code CLIENT TRACKING}: what a client may keep for itself is invalidated when another client writes it. */
class TrackingSessionTest extends EndpointTest {
    @SuppressWarnings("NullAway.Init")
    private RedisClient client;

    @BeforeParameterizedClassInvocation
    void createClient() {
        client = RedisClient.create(endpoint.lettuce());
    }

    @AfterParameterizedClassInvocation
    void shutDownClient() {
        client.shutdown();
    }

    @Test
    void lettucesCacheDropsAKeyThatAnotherClientWrites() {
        Map<String, String> kept = new ConcurrentHashMap<>();
        // The cache closes its connection.
        try (StatefulRedisConnection<String, String> writer = client.connect();
                CacheFrontend<String, String> cache = ClientSideCaching.enable(
                        CacheAccessor.forMap(kept), client.connect(), TrackingArgs.Builder.enabled())) {
            for (int round = 0; round < 20; round++) {
                String value = "round-" + round;
                writer.sync().set("csc:lettuce", value);
                Awaitility.await().atMost(Endpoint.PATIENCE).until(() -> value.equals(cache.get("csc:lettuce")));
                assertThat(kept).containsEntry("csc:lettuce", value);
            }
            writer.sync().del("csc:lettuce");
            Awaitility.await().atMost(Endpoint.PATIENCE).until(kept::isEmpty);
        }
    }

    @Test
    void aTrackedKeyIsInvalidatedOnceForEachRead() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            BlockingQueue<List<Object>> invalidations = invalidationsOf(reader);
            RedisCommands<String, String> redis = reader.sync();
            assertThat(redis.clientTracking(TrackingArgs.Builder.enabled())).isEqualTo("OK");
            redis.get("track:a");
            redis.get("track:end");
            writer.sync().set("track:a", "1");
            writer.sync().set("track:a", "2");
            writer.sync().set("track:untracked", "3");
            writer.sync().set("track:end", "4");
            assertThat(invalidations.poll(20, SECONDS)).isEqualTo(List.of("track:a"));
            assertThat(invalidations.poll(20, SECONDS)).isEqualTo(List.of("track:end"));
        }
    }

    @Test
    void broadcastTrackingFollowsItsPrefixes() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            BlockingQueue<List<Object>> invalidations = invalidationsOf(reader);
            reader.sync()
                    .clientTracking(TrackingArgs.Builder.enabled()
                            .bcast()
                            .prefixes("user:", "item:")
                            .noloop());
            reader.sync().set("user:own", "not told, for it is this client's own");
            writer.sync().set("other:1", "v");
            writer.sync().set("user:1", "v");
            assertThat(invalidations.poll(20, SECONDS)).isEqualTo(List.of("user:1"));
            writer.sync().set("item:1", "v");
            assertThat(invalidations.poll(20, SECONDS)).isEqualTo(List.of("item:1"));
        }
    }

    @Test
    void trackingThatWasTurnedOffInvalidatesNothing() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            BlockingQueue<List<Object>> invalidations = invalidationsOf(reader);
            RedisCommands<String, String> redis = reader.sync();
            redis.clientTracking(TrackingArgs.Builder.enabled());
            redis.get("off:a");
            redis.clientTracking(TrackingArgs.Builder.enabled(false));
            writer.sync().set("off:a", "1");
            redis.clientTracking(TrackingArgs.Builder.enabled());
            redis.get("off:b");
            writer.sync().set("off:b", "1");
            assertThat(invalidations.poll(20, SECONDS)).isEqualTo(List.of("off:b"));
        }
    }

    @Test
    void aFlushInvalidatesEverything() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            BlockingQueue<List<Object>> invalidations = invalidationsOf(reader);
            reader.sync().clientTracking(TrackingArgs.Builder.enabled());
            reader.sync().get("flush:a");
            writer.sync().flushall();
            assertThat(invalidations.poll(20, SECONDS)).isEmpty();
        }
    }

    /** The keys of each invalidation as they come; an empty list where the server says "all of them". */
    private static BlockingQueue<List<Object>> invalidationsOf(StatefulRedisConnection<String, String> connection) {
        BlockingQueue<List<Object>> invalidations = new LinkedBlockingQueue<>();
        connection.addListener(message -> {
            if (message.getType().equals("invalidate")) {
                List<Object> content = message.getContent(StringCodec.UTF8::decodeKey);
                invalidations.add(content.get(1) instanceof List<?> keys ? List.copyOf(keys) : List.of());
            }
        });
        return invalidations;
    }
}
