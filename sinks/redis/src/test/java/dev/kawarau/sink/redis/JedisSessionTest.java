package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.args.ListDirection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.params.XReadGroupParams;

/** Whole sessions of Jedis, in both versions of the protocol. */
class JedisSessionTest extends EndpointTest {
    @SuppressWarnings("NullAway.Init")
    private ExecutorService threads;

    @BeforeParameterizedClassInvocation
    void startThreads() {
        threads = Executors.newCachedThreadPool();
    }

    @AfterParameterizedClassInvocation
    void shutDownThreads() {
        threads.shutdownNow();
    }

    private Jedis jedis(RedisProtocol protocol) {
        return new Jedis(endpoint.jedis(), config(protocol).build());
    }

    private static DefaultJedisClientConfig.Builder config(RedisProtocol protocol) {
        return DefaultJedisClientConfig.builder()
                .protocol(protocol)
                .timeoutMillis((int) Endpoint.PATIENCE.toMillis())
                .blockingSocketTimeoutMillis((int) Endpoint.PATIENCE.toMillis());
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void theHandshakeSetsVersionNameAndDatabase(RedisProtocol protocol) {
        DefaultJedisClientConfig config =
                config(protocol).clientName("jedis-" + protocol).database(7).build();
        try (Jedis jedis = new Jedis(endpoint.jedis(), config);
                Jedis plain = jedis(protocol)) {
            assertThat(jedis.clientGetname()).isEqualTo("jedis-" + protocol);
            assertThat(jedis.set("jedis:handshake", "seven")).isEqualTo("OK");
            assertThat(plain.get("jedis:handshake")).isNull();
            plain.select(7);
            assertThat(plain.get("jedis:handshake")).isEqualTo("seven");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void everyKindOfReplyIsUnderstood(RedisProtocol protocol) {
        try (Jedis jedis = jedis(protocol)) {
            String prefix = "kinds:" + protocol + ':';
            jedis.hset(prefix + "hash", Map.of("a", "1", "b", "2"));
            jedis.sadd(prefix + "set", "x", "y");
            jedis.zadd(prefix + "zset", Map.of("m", 1.5, "n", 2.5));
            jedis.rpush(prefix + "list", "1", "2", "3");
            assertThat(jedis.hgetAll(prefix + "hash")).isEqualTo(Map.of("a", "1", "b", "2"));
            assertThat(jedis.smembers(prefix + "set")).isEqualTo(Set.of("x", "y"));
            assertThat(jedis.zscore(prefix + "zset", "m")).isEqualTo(1.5);
            assertThat(jedis.zrangeWithScores(prefix + "zset", 0, -1))
                    .extracting(tuple -> tuple.getElement() + '=' + tuple.getScore())
                    .containsExactly("m=1.5", "n=2.5");
            assertThat(jedis.lrange(prefix + "list", 0, -1)).containsExactly("1", "2", "3");
            assertThat(jedis.get(prefix + "none")).isNull();
            assertThat(jedis.configGet("databases")).isEqualTo(Map.of("databases", "16"));
            assertThatThrownBy(() -> jedis.incr(prefix + "list"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageStartingWith("WRONGTYPE");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aPipelineOfTenThousandIsAnsweredInOrder(RedisProtocol protocol) {
        try (Jedis jedis = jedis(protocol)) {
            Pipeline pipeline = jedis.pipelined();
            List<Response<String>> values = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                pipeline.set("jpipe:" + i, protocol + "-" + i);
                values.add(pipeline.get("jpipe:" + i));
            }
            pipeline.sync();
            for (int i = 0; i < 5_000; i++) {
                assertThat(values.get(i).get()).isEqualTo(protocol + "-" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aWatchedKeyThatAnotherClientWritesDiscardsTheTransaction(RedisProtocol protocol) {
        try (Jedis jedis = jedis(protocol);
                Jedis other = jedis(protocol)) {
            jedis.watch("jwatch");
            other.set("jwatch", "theirs");
            Transaction discarded = jedis.multi();
            discarded.set("jwatch", "ours");
            assertThat(discarded.exec()).isNull();
            Transaction kept = jedis.multi();
            Response<String> read = kept.get("jwatch");
            kept.append("jwatch", "+ours");
            assertThat(kept.exec()).containsExactly("theirs", 11L);
            assertThat(read.get()).isEqualTo("theirs");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aWaitingMoveIsServedByAnotherClient(RedisProtocol protocol) throws Exception {
        try (Jedis waiting = jedis(protocol);
                Jedis pusher = jedis(protocol)) {
            Future<String> moved = threads.submit(
                    () -> waiting.blmove("jmove:from", "jmove:to", ListDirection.LEFT, ListDirection.RIGHT, 20));
            awaitBlockedClients(1);
            assertThat(pusher.ping()).isEqualTo("PONG");
            pusher.rpush("jmove:from", "cargo");
            assertThat(moved.get(20, SECONDS)).isEqualTo("cargo");
            assertThat(pusher.rpop("jmove:to")).isEqualTo("cargo");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aSubscriberHearsChannelsAndPatternsUntilItLeaves(RedisProtocol protocol) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Listener listener = new Listener(heard);
        try (Jedis subscriber = jedis(protocol);
                Jedis publisher = jedis(protocol)) {
            Future<?> subscription = threads.submit(() -> subscriber.subscribe(listener, "jsub:a"));
            assertThat(heard.poll(20, SECONDS)).isEqualTo("subscribed jsub:a 1");
            listener.psubscribe("jsub:p*");
            assertThat(heard.poll(20, SECONDS)).isEqualTo("psubscribed jsub:p* 2");
            publisher.publish("jsub:a", "one");
            publisher.publish("jsub:pattern", "two");
            assertThat(heard.poll(20, SECONDS)).isEqualTo("jsub:a one");
            assertThat(heard.poll(20, SECONDS)).isEqualTo("jsub:p* jsub:pattern two");
            listener.unsubscribe();
            listener.punsubscribe();
            subscription.get(20, SECONDS);
            assertThat(publisher.publish("jsub:a", "late")).isZero();
            assertThat(subscriber.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void aMonitorSeesEveryCommandInOrder() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CountDownLatch disconnected = new CountDownLatch(1);
        try (Jedis monitoring = jedis(RedisProtocol.RESP2);
                Jedis jedis = jedis(RedisProtocol.RESP2)) {
            Future<?> monitor = threads.submit(() -> monitoring.monitor(new JedisMonitor() {
                @Override
                public void onCommand(String command) {
                    seen.add(command);
                    if (command.endsWith("\"99\"")) {
                        await(disconnected);
                    }
                }
            }));
            // MONITOR has no confirmation that Jedis would show: its first line is the proof that it is on.
            while (seen.isEmpty()) {
                jedis.ping();
            }
            for (int i = 0; i < 100; i++) {
                jedis.incrBy("jmonitor", i);
            }
            for (int i = 0; i < 100; ) {
                String command = seen.poll(20, SECONDS);
                assertThat(command).isNotNull();
                if (command.contains("jmonitor")) {
                    assertThat(command).endsWith("\"INCRBY\" \"jmonitor\" \"" + i + '"');
                    i++;
                }
            }
            // Jedis ends with an exception if it was reading, and without one if it was not.
            monitoring.disconnect();
            disconnected.countDown();
            monitor.get(20, SECONDS);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void threadsThatShareAPoolEachSeeTheirOwnPayloads() throws Exception {
        long seed = 71;
        try (RedisClient client = RedisClient.builder()
                .hostAndPort(endpoint.jedis())
                .clientConfig(config(RedisProtocol.RESP3).build())
                .build()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 16; worker++) {
                String name = "pool:" + worker;
                SplittableRandom random = new SplittableRandom(seed + worker);
                workers.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        byte[] value = new byte[random.nextInt(20_000)];
                        random.nextBytes(value);
                        byte[] key = (name + ':' + i).getBytes(ISO_8859_1);
                        assertThat(client.set(key, value)).isEqualTo("OK");
                        assertThat(client.get(key)).as("seed %d", seed).containsExactly(value);
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get(20, SECONDS);
            }
        }
    }

    @Test
    void tenThousandArgumentsTravelInOneCommand() {
        try (Jedis jedis = jedis(RedisProtocol.RESP3)) {
            String[] values = new String[10_000];
            for (int i = 0; i < values.length; i++) {
                values[i] = "argument-" + i;
            }
            assertThat(jedis.rpush("jmany", values)).isEqualTo(10_000);
            assertThat(jedis.lrange("jmany", 0, -1)).containsExactly(values);
        }
    }

    @Test
    void aValueOfThirtyTwoMebibytesReturnsAsItWent() {
        byte[] value = new byte[32 * 1024 * 1024];
        new SplittableRandom(32).nextBytes(value);
        byte[] key = {0, 13, 10, (byte) 0xff};
        try (Jedis jedis = jedis(RedisProtocol.RESP2)) {
            assertThat(jedis.set(key, value)).isEqualTo("OK");
            assertThat(jedis.get(key)).isEqualTo(value);
            assertThat(jedis.del(key)).isEqualTo(1);
        }
    }

    @Test
    void scanFindsEveryKey() {
        try (RedisClient client = RedisClient.create(endpoint.jedis())) {
            Map<String, String> hash = new HashMap<>();
            Set<String> keys = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                client.set("jscan:" + i, "v");
                keys.add("jscan:" + i);
                hash.put("field:" + i, "v" + i);
            }
            ScanIteration iteration = client.scanIteration(50, "jscan:*");
            Set<String> found = new HashSet<>();
            iteration.collect(found);
            assertThat(found).isEqualTo(keys);
            client.hset("jhash", hash);
            Map<String, String> scanned = new HashMap<>();
            String cursor = "0";
            do {
                var page = client.hscan("jhash", cursor);
                page.getResult().forEach(entry -> scanned.put(entry.getKey(), entry.getValue()));
                cursor = page.getCursor();
            } while (!cursor.equals("0"));
            assertThat(scanned).isEqualTo(hash);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void scriptsAndStreamsWork(RedisProtocol protocol) {
        try (Jedis jedis = jedis(protocol)) {
            String unknown = "f".repeat(40);
            assertThatThrownBy(() -> jedis.evalsha(unknown)).isInstanceOf(JedisNoScriptException.class);
            assertThat(jedis.eval("return {KEYS[1], ARGV[1]}", List.of("k"), List.of("a")))
                    .isEqualTo(List.of("k", "a"));
            String stream = "jstream:" + protocol;
            jedis.xgroupCreate(stream, "g", new StreamEntryID(0), true);
            StreamEntryID id = jedis.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("f", "v"));
            var read = jedis.xreadGroup(
                    "g",
                    "c",
                    new XReadGroupParams().count(5),
                    Map.of(stream, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
            assertThat(read).hasSize(1);
            assertThat(read.get(0).getValue())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.getFields()).isEqualTo(Map.of("f", "v")));
            assertThat(jedis.xack(stream, "g", id)).isEqualTo(1);
        }
    }

    private static final class Listener extends JedisPubSub {
        private final BlockingQueue<String> heard;

        Listener(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public void onSubscribe(String channel, int subscribed) {
            heard.add("subscribed " + channel + ' ' + subscribed);
        }

        @Override
        public void onPSubscribe(String pattern, int subscribed) {
            heard.add("psubscribed " + pattern + ' ' + subscribed);
        }

        @Override
        public void onMessage(String channel, String message) {
            heard.add(channel + ' ' + message);
        }

        @Override
        public void onPMessage(String pattern, String channel, String message) {
            heard.add(pattern + ' ' + channel + ' ' + message);
        }
    }
}
