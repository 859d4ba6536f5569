package dev.kawarau.sink.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Streams: reading, waiting, and consumer groups that share the work. */
class StreamSessionTest extends EndpointTest {
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
    void entriesAreReadInTheOrderOfTheirIds() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            List<String> ids = add(redis, "stream:order", 500);
            List<StreamMessage<String, String>> read = redis.xread(only(StreamOffset.from("stream:order", "0")));
            assertThat(read).extracting(StreamMessage::getId).isEqualTo(ids);
            assertThat(read.get(499).getBody()).isEqualTo(Map.of("n", "499"));
            assertThat(redis.xlen("stream:order")).isEqualTo(500);
        }
    }

    @Test
    void aWaitingReaderIsWokenByAnotherClient() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            RedisFuture<List<StreamMessage<String, String>>> read =
                    reader.async().xread(XReadArgs.Builder.block(20_000), only(StreamOffset.latest("stream:wake")));
            awaitBlockedClients(1);
            assertThat(read.isDone()).isFalse();
            String id = writer.sync().xadd("stream:wake", Map.of("k", "v"));
            assertThat(read.get(20, SECONDS)).singleElement().satisfies(message -> {
                assertThat(message.getId()).isEqualTo(id);
                assertThat(message.getBody()).isEqualTo(Map.of("k", "v"));
            });
        }
    }

    @Test
    void theConsumersOfAGroupShareTheEntries() {
        try (StatefulRedisConnection<String, String> one = client.connect();
                StatefulRedisConnection<String, String> two = client.connect()) {
            RedisCommands<String, String> redis = one.sync();
            createGroup(redis, "stream:shared");
            List<String> ids = add(redis, "stream:shared", 200);
            Set<String> seen = new HashSet<>();
            for (int round = 0; round < 10; round++) {
                seen.addAll(readAndAcknowledge(one.sync(), "stream:shared", "one"));
                seen.addAll(readAndAcknowledge(two.sync(), "stream:shared", "two"));
            }
            assertThat(seen).isEqualTo(Set.copyOf(ids));
            assertThat(redis.xpending("stream:shared", "group").getCount()).isZero();
        }
    }

    @Test
    void aConsumerThatWaitsIsServedByItsGroup() throws Exception {
        try (StatefulRedisConnection<String, String> reader = client.connect();
                StatefulRedisConnection<String, String> writer = client.connect()) {
            createGroup(writer.sync(), "stream:wait");
            RedisFuture<List<StreamMessage<String, String>>> read = reader.async()
                    .xreadgroup(
                            Consumer.from("group", "waiter"),
                            XReadArgs.Builder.block(20_000).count(1),
                            only(StreamOffset.lastConsumed("stream:wait")));
            awaitBlockedClients(1);
            String id = add(writer.sync(), "stream:wait", 1).get(0);
            assertThat(read.get(20, SECONDS)).extracting(StreamMessage::getId).containsExactly(id);
        }
    }

    @Test
    void whatOneConsumerLeavesPendingAnotherClaims() {
        try (StatefulRedisConnection<String, String> one = client.connect();
                StatefulRedisConnection<String, String> two = client.connect()) {
            createGroup(one.sync(), "stream:claim");
            List<String> ids = add(one.sync(), "stream:claim", 10);
            one.sync().xreadgroup(Consumer.from("group", "lost"), only(StreamOffset.lastConsumed("stream:claim")));
            assertThat(two.sync().xpending("stream:claim", "group").getConsumerMessageCount())
                    .isEqualTo(Map.of("lost", 10L));
            List<StreamMessage<String, String>> claimed = two.sync()
                    .xautoclaim(
                            "stream:claim",
                            XAutoClaimArgs.Builder.xautoclaim(Consumer.from("group", "heir"), Duration.ZERO, "0"))
                    .getMessages();
            assertThat(claimed).extracting(StreamMessage::getId).isEqualTo(ids);
            assertThat(two.sync().xack("stream:claim", "group", ids.toArray(String[]::new)))
                    .isEqualTo(10);
        }
    }

    @Test
    void aGroupThatExistsIsNotCreatedAgain() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            createGroup(redis, "stream:busy");
            assertThatThrownBy(() -> createGroup(redis, "stream:busy"))
                    .isInstanceOf(RedisBusyException.class)
                    .hasMessageStartingWith("BUSYGROUP");
            assertThat(redis.xinfoGroups("stream:busy")).hasSize(1);
        }
    }

    private static void createGroup(RedisCommands<String, String> redis, String stream) {
        redis.xgroupCreate(StreamOffset.from(stream, "0"), "group", XGroupCreateArgs.Builder.mkstream());
    }

    private static List<String> add(RedisCommands<String, String> redis, String stream, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(redis.xadd(stream, Map.of("n", Integer.toString(i))));
        }
        return ids;
    }

    private static List<String> readAndAcknowledge(
            RedisCommands<String, String> redis, String stream, String consumer) {
        List<String> ids = redis
                .xreadgroup(
                        Consumer.from("group", consumer),
                        XReadArgs.Builder.count(10),
                        only(StreamOffset.lastConsumed(stream)))
                .stream()
                .map(StreamMessage::getId)
                .toList();
        assertThat(ids).hasSize(10);
        assertThat(redis.xack(stream, "group", ids.toArray(String[]::new))).isEqualTo(10);
        return ids;
    }

    /** Lettuce takes offsets as generic varargs, an array of which every caller would have to create unchecked. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static StreamOffset<String>[] only(StreamOffset<String> offset) {
        return new StreamOffset[] {offset};
    }
}
