package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole sessions of Lettuce: handshakes, pipelines, transactions, blocking commands, many clients. */
class LettuceSessionTest extends EndpointTest {
    private static final int DEPTH = 10_000;

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

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"RESP2", "RESP3"})
    void theHandshakeSettlesOnTheVersionThatWasAskedFor(ProtocolVersion version) {
        RedisClient versioned = RedisClient.create(endpoint.lettuce());
        versioned.setOptions(ClientOptions.builder().protocolVersion(version).build());
        try (StatefulRedisConnection<String, String> connection = versioned.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            List<Object> hello = redis.dispatch(CommandType.HELLO, new ArrayOutput<>(StringCodec.UTF8));
            assertThat(hello).containsSequence("proto", version == ProtocolVersion.RESP3 ? 3L : 2L);
            redis.hset("handshake:" + version, Map.of("a", "1", "b", "2"));
            assertThat(redis.hgetall("handshake:" + version)).isEqualTo(Map.of("a", "1", "b", "2"));
        } finally {
            versioned.shutdown();
        }
    }

    @Test
    void theHandshakeSetsDatabaseAndClientName() {
        RedisURI uri = endpoint.lettuce();
        uri.setDatabase(5);
        uri.setClientName("hand-shaken");
        try (StatefulRedisConnection<String, String> named = client.connect(uri);
                StatefulRedisConnection<String, String> plain = client.connect()) {
            assertThat(named.sync().clientGetname()).isEqualTo("hand-shaken");
            named.sync().set("handshake:db", "five");
            assertThat(named.sync().get("handshake:db")).isEqualTo("five");
            assertThat(plain.sync().get("handshake:db")).isNull();
        }
    }

    @Test
    void aPipelineOfTenThousandIsAnsweredInOrder() throws Exception {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.setAutoFlushCommands(false);
            RedisAsyncCommands<String, String> redis = connection.async();
            List<RedisFuture<?>> futures = new ArrayList<>();
            for (int i = 0; i < DEPTH; i += 2) {
                futures.add(redis.set("pipe:" + i, "value-" + i));
                futures.add(redis.get("pipe:" + i));
            }
            connection.flushCommands();
            assertThat(LettuceFutures.awaitAll(Endpoint.PATIENCE, futures.toArray(RedisFuture<?>[]::new)))
                    .isTrue();
            for (int i = 0; i < DEPTH; i += 2) {
                assertThat(futures.get(i).get()).isEqualTo("OK");
                assertThat(futures.get(i + 1).get()).isEqualTo("value-" + i);
            }
        }
    }

    @Test
    void anErrorInAPipelineFailsItsOwnCommandOnly() throws Exception {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().set("pipe:string", "not a list");
            connection.setAutoFlushCommands(false);
            RedisAsyncCommands<String, String> redis = connection.async();
            List<RedisFuture<Long>> counts = new ArrayList<>();
            List<RedisFuture<Long>> errors = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                counts.add(redis.incr("pipe:counter"));
                errors.add(redis.lpush("pipe:string", "x"));
            }
            connection.flushCommands();
            for (int i = 0; i < 1_000; i++) {
                assertThat(counts.get(i).get(20, SECONDS)).isEqualTo(i + 1L);
                RedisFuture<Long> error = errors.get(i);
                assertThat(error.await(20, SECONDS)).isTrue();
                assertThat(error.getError()).startsWith("WRONGTYPE");
            }
        }
    }

    @Test
    void aTransactionAnswersAllItsCommandsAtExec() {
        try (StatefulRedisConnection<String, String> connection = client.connect();
                StatefulRedisConnection<String, String> other = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.multi();
            redis.set("tx:a", "1");
            redis.incr("tx:a");
            assertThat(other.sync().get("tx:a")).isNull();
            redis.get("tx:a");
            TransactionResult result = redis.exec();
            assertThat(result.wasDiscarded()).isFalse();
            assertThat(result).containsExactly("OK", 2L, "2");
            assertThat(redis.get("tx:a")).isEqualTo("2");
        }
    }

    @Test
    void aWatchedKeyThatAnotherClientWritesDiscardsTheTransaction() {
        try (StatefulRedisConnection<String, String> connection = client.connect();
                StatefulRedisConnection<String, String> other = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.set("watch:a", "before");
            redis.watch("watch:a");
            other.sync().set("watch:a", "theirs");
            redis.multi();
            redis.set("watch:a", "ours");
            assertThat(redis.exec().wasDiscarded()).isTrue();
            assertThat(redis.get("watch:a")).isEqualTo("theirs");
        }
    }

    @Test
    void anUnwatchedKeyDiscardsNothing() {
        try (StatefulRedisConnection<String, String> connection = client.connect();
                StatefulRedisConnection<String, String> other = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.watch("unwatch:a");
            other.sync().set("unwatch:a", "theirs");
            redis.unwatch();
            redis.multi();
            redis.set("unwatch:a", "ours");
            assertThat(redis.exec()).containsExactly("OK");
            assertThat(other.sync().get("unwatch:a")).isEqualTo("ours");
        }
    }

    @Test
    void anOptimisticCounterLosesNoIncrement() throws Exception {
        int rounds = 100;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int worker = 0; worker < 4; worker++) {
            Thread thread = new Thread(() -> incrementUnderWatch("watch:counter", rounds));
            thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().get("watch:counter")).isEqualTo(Integer.toString(4 * rounds));
        }
    }

    private void incrementUnderWatch(String key, int rounds) {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            for (int done = 0; done < rounds; ) {
                redis.watch(key);
                String value = redis.get(key);
                redis.multi();
                redis.set(key, Integer.toString(value == null ? 1 : Integer.parseInt(value) + 1));
                done += redis.exec().wasDiscarded() ? 0 : 1;
            }
        }
    }

    @Test
    void aDiscardedTransactionLeavesNothingBehind() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.multi();
            redis.set("discard:a", "1");
            assertThat(redis.discard()).isEqualTo("OK");
            assertThat(redis.get("discard:a")).isNull();
            assertThatThrownBy(redis::exec).hasMessageContaining("EXEC without MULTI");
        }
    }

    @Test
    void aBlockedClientHoldsNobodyElse() throws Exception {
        try (StatefulRedisConnection<String, String> blocked = client.connect();
                StatefulRedisConnection<String, String> busy = client.connect()) {
            RedisFuture<KeyValue<String, String>> popped = blocked.async().blpop(20, "block:list");
            awaitBlockedClients(1);
            for (int i = 0; i < 100; i++) {
                assertThat(busy.sync().set("block:other", "v" + i)).isEqualTo("OK");
                assertThat(busy.sync().get("block:other")).isEqualTo("v" + i);
            }
            assertThat(popped.isDone()).isFalse();
            busy.sync().rpush("block:list", "at last");
            assertThat(popped.get(20, SECONDS)).isEqualTo(KeyValue.just("block:list", "at last"));
            assertThat(blocked.sync().ping()).isEqualTo("PONG");
        }
    }

    @Test
    void blockedClientsAreServedInTheOrderInWhichTheyCame() throws Exception {
        try (StatefulRedisConnection<String, String> first = client.connect();
                StatefulRedisConnection<String, String> second = client.connect();
                StatefulRedisConnection<String, String> pusher = client.connect()) {
            RedisFuture<KeyValue<String, String>> firstPopped = first.async().brpop(20, "block:none", "block:fair");
            awaitBlockedClients(1);
            RedisFuture<KeyValue<String, String>> secondPopped = second.async().brpop(20, "block:fair");
            awaitBlockedClients(2);
            pusher.sync().lpush("block:fair", "one");
            pusher.sync().lpush("block:fair", "two");
            assertThat(firstPopped.get(20, SECONDS).getValue()).isEqualTo("one");
            assertThat(secondPopped.get(20, SECONDS).getValue()).isEqualTo("two");
        }
    }

    @Test
    void aBlockingPopThatTimesOutAnswersNullAndLeavesTheConnectionUsable() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            assertThat(redis.blpop(0.05, "block:never")).isNull();
            assertThat(redis.set("block:after", "v")).isEqualTo("OK");
            assertThat(redis.get("block:after")).isEqualTo("v");
        }
    }

    @Test
    void tenThousandArgumentsTravelInOneCommand() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            Map<String, String> pairs = new HashMap<>();
            for (int i = 0; i < DEPTH; i++) {
                pairs.put("many:" + i, "value-" + i);
            }
            String[] keys = pairs.keySet().toArray(String[]::new);
            assertThat(redis.mset(pairs)).isEqualTo("OK");
            assertThat(redis.mget(keys))
                    .hasSize(DEPTH)
                    .allSatisfy(pair -> assertThat(pair.getValue()).isEqualTo(pairs.get(pair.getKey())));
            assertThat(redis.exists(keys)).isEqualTo(DEPTH);
            assertThat(redis.del(keys)).isEqualTo(DEPTH);
        }
    }

    @Test
    void keysAndValuesAreAnyBytes() {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        List<byte[]> samples = List.of(
                everyByte,
                new byte[0],
                new byte[1],
                "\r\n".getBytes(ISO_8859_1),
                "$3\r\nfoo\r\n*1\r\n".getBytes(ISO_8859_1),
                "\u00ff\u00fe".getBytes(ISO_8859_1));
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            RedisCommands<byte[], byte[]> redis = connection.sync();
            redis.select(6);
            for (byte[] sample : samples) {
                assertThat(redis.set(sample, sample)).isEqualTo("OK");
            }
            for (byte[] sample : samples) {
                assertThat(redis.get(sample)).containsExactly(sample);
            }
            assertThat(redis.mget(samples.toArray(byte[][]::new)))
                    .allSatisfy(pair -> assertThat(pair.getValue()).containsExactly(pair.getKey()));
        }
    }

    @Test
    void fiftyClientsAtOnceEachSeeTheirOwnPayloads() throws Exception {
        long seed = 20_240_601;
        Random random = new Random(seed);
        List<StatefulRedisConnection<String, String>> connections = new ArrayList<>();
        Map<RedisFuture<String>, String> expected = new HashMap<>();
        try {
            for (int i = 0; i < 50; i++) {
                connections.add(client.connect());
            }
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < connections.size(); i++) {
                    String key = "crowd:" + i + ':' + round;
                    String value = key + ':' + "x".repeat(random.nextInt(2_000));
                    RedisAsyncCommands<String, String> redis =
                            connections.get(i).async();
                    expected.put(redis.set(key, value), "OK");
                    expected.put(redis.get(key), value);
                    expected.put(redis.echo(value), value);
                }
            }
            for (Map.Entry<RedisFuture<String>, String> entry : expected.entrySet()) {
                assertThat(entry.getKey().get(20, SECONDS)).as("seed %d", seed).isEqualTo(entry.getValue());
            }
        } finally {
            connections.forEach(StatefulRedisConnection::close);
        }
    }

    @Test
    void aSelectedDatabaseBelongsToItsClient() {
        try (StatefulRedisConnection<String, String> nine = client.connect();
                StatefulRedisConnection<String, String> zero = client.connect()) {
            assertThat(nine.sync().select(9)).isEqualTo("OK");
            for (int i = 0; i < 100; i++) {
                nine.sync().set("select:k", "nine-" + i);
                zero.sync().set("select:k", "zero-" + i);
                assertThat(nine.sync().get("select:k")).isEqualTo("nine-" + i);
                assertThat(zero.sync().get("select:k")).isEqualTo("zero-" + i);
            }
            nine.sync().select(0);
            assertThat(nine.sync().get("select:k")).isEqualTo("zero-99");
            assertThatThrownBy(() -> nine.sync().select(99))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessageContaining("out of range");
            assertThat(nine.sync().get("select:k")).isEqualTo("zero-99");
        }
    }

    @Test
    void aClientNameBelongsToItsClient() {
        try (StatefulRedisConnection<String, String> one = client.connect();
                StatefulRedisConnection<String, String> two = client.connect()) {
            assertThat(one.sync().clientSetname("one")).isEqualTo("OK");
            assertThat(two.sync().clientSetname("two")).isEqualTo("OK");
            assertThat(one.sync().clientGetname()).isEqualTo("one");
            assertThat(two.sync().clientGetname()).isEqualTo("two");
            assertThat(one.sync().clientId()).isNotEqualTo(two.sync().clientId());
        }
    }

    @Test
    void scanFindsEveryKeyOnce() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            Map<String, String> pairs = new HashMap<>();
            for (int i = 0; i < 5_000; i++) {
                pairs.put("scan:" + i, "v");
            }
            redis.mset(pairs);
            Set<String> found = new HashSet<>();
            ScanArgs args = ScanArgs.Builder.matches("scan:*").limit(100);
            ScanIterator.scan(redis, args).forEachRemaining(found::add);
            assertThat(found).isEqualTo(pairs.keySet());
        }
    }
}
