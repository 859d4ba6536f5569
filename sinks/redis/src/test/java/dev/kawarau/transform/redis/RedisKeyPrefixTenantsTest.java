package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants of one server read, byte for byte, what they would read on a server of their own. */
class RedisKeyPrefixTenantsTest {
    private static final int STEPS = 6_000;
    private static final String[] TENANTS = {"shop:", "shops[a]:"};
    private static final Set<String> UNORDERED =
            Set.of("KEYS", "SMEMBERS", "SINTER", "SUNION", "SDIFF", "HGETALL", "HKEYS", "HVALS", "SSCAN", "HSCAN");

    /** %k is a key, %p a pattern of keys, %v a value, %n a number; what stands in brackets is one word. */
    private static final List<String> COMMANDS = List.of(
            "SET %k %v",
            "GET %k",
            "GETSET %k %v",
            "APPEND %k %v",
            "DEL %k %k",
            "UNLINK %k",
            "EXISTS %k %k",
            "TYPE %k",
            "MSET %k %v %k %v",
            "MSET %k %v %k",
            "MSETNX %k %v %k %v",
            "MGET %k %k %k",
            "INCR %k",
            "STRLEN %k",
            "RENAME %k %k",
            "RENAMENX %k %k",
            "COPY %k %k REPLACE",
            "TOUCH %k %k",
            "EXPIRETIME %k",
            "EXPIREAT %k 4000000000",
            "PERSIST %k",
            "OBJECT ENCODING %k",
            "OBJECT REFCOUNT %k",
            "DUMP w_1",
            "LCS %k %k",
            "BITOP AND %k %k %k",
            "SETBIT %k %n 1",
            "LPUSH %k %v %v",
            "RPUSH %k %v",
            "LRANGE %k 0 -1",
            "LPOP %k",
            "LMOVE %k %k LEFT RIGHT",
            "RPOPLPUSH %k %k",
            "LMPOP 2 %k %k LEFT COUNT 2",
            "BLPOP %k %k 0.001",
            "BRPOP %k 0.001",
            "BLMPOP 0.001 2 %k %k RIGHT",
            "BLMOVE %k %k LEFT LEFT 0.001",
            "SADD %k %v %v",
            "SREM %k %v",
            "SMEMBERS %k",
            "SINTER %k %k",
            "SUNION %k %k",
            "SDIFF %k %k",
            "SINTERSTORE %k %k %k",
            "SINTERCARD 2 %k %k",
            "SMOVE %k %k %v",
            "SSCAN %k 0",
            "HSET %k %v %v",
            "HGET %k %v",
            "HGETALL %k",
            "HKEYS %k",
            "HSCAN %k 0",
            "ZADD %k %n %v 1.1 %v",
            "ZRANGE %k 0 -1 WITHSCORES",
            "ZINTERSTORE %k 2 %k %k",
            "ZUNION 2 %k %k WITHSCORES",
            "ZDIFFSTORE %k 2 %k %k",
            "ZRANGESTORE %k %k 0 1",
            "ZMPOP 2 %k %k MIN",
            "BZPOPMIN %k %k 0.001",
            "BZPOPMAX %k 0.001",
            "BZMPOP 0.001 2 %k %k MAX COUNT 2",
            "ZSCORE %k %v",
            "PFADD %k %v",
            "PFMERGE %k %k %k",
            "PFCOUNT %k %k",
            "GEOADD %k 1 %n %v",
            "GEORADIUS %k 1 1 9000 km STORE %k",
            "GEOSEARCHSTORE %k %k FROMLONLAT 1 1 BYRADIUS 9000 km ASC",
            "XADD %k %n-1 f %v",
            "XADD %k %n-2 f %v",
            "XREAD COUNT 2 STREAMS %k %k 0 0",
            "XREAD BLOCK 1 STREAMS %k 0",
            "XGROUP CREATE %k g 0 MKSTREAM",
            "XGROUP CREATE %k g 0",
            "XREADGROUP GROUP g c COUNT 1 STREAMS %k %k > >",
            "XREADGROUP GROUP none c STREAMS %k >",
            "XPENDING %k g",
            "XGROUP SETID %k none 0",
            "XINFO GROUPS %k",
            "XINFO CONSUMERS %k none",
            "XCLAIM %k none c 0 1-1",
            "XAUTOCLAIM %k none c 0 0",
            "XRANGE %k - +",
            "XLEN %k",
            "XTRIM %k MAXLEN 3",
            "SORT %k",
            "SORT %k ALPHA",
            "SORT %k BY w_* GET # GET %p ALPHA",
            "SORT %k BY nosort GET h_*->f",
            "SORT %k ALPHA STORE %k",
            "SORT_RO %k ALPHA DESC",
            "KEYS *",
            "KEYS %p",
            "KEYS k?",
            "WATCH %k",
            "UNWATCH",
            "SELECT 0",
            "SELECT 1",
            "MOVE %k 1",
            "PING",
            "ECHO %v",
            "GET",
            "GET %k %k",
            "XREAD STREAMS %k",
            "LMPOP 0 %k LEFT",
            "PUBLISH %k %v",
            "PUBSUB CHANNELS",
            "PUBSUB NUMSUB %k %k",
            "CLIENT TRACKINGINFO",
            "RESTORE %k 0 %v",
            "SCAN 0 MATCH",
            "SCAN 0 FOO 1",
            "CLUSTER KEYSLOT {x}%k",
            "MULTI",
            "MULTI",
            "EXEC",
            "EXEC",
            "EXEC",
            "DISCARD");

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void randomCommandsOfTwoTenantsAnswerAsOnAServerOfEachOnesOwn(int version) throws Exception {
        long seed = Long.getLong("kawarau.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Redis redis = new Redis()) {
            var shared = redis.server();
            Wire[] proxied = new Wire[2];
            Wire[] alone = new Wire[2];
            for (int i = 0; i < 2; i++) {
                proxied[i] = redis.client(redis.proxy(shared, RedisKeyPrefix.of(TENANTS[i])));
                alone[i] = redis.client(redis.server().port());
                proxied[i].call("HELLO", Integer.toString(version));
                alone[i].call("HELLO", Integer.toString(version));
            }
            for (int step = 0; step < STEPS; step++) {
                int tenant = random.nextInt(2);
                int pipelined = 1 + random.nextInt(4);
                String[][] requests = new String[pipelined][];
                StringBuilder bytes = new StringBuilder();
                for (int i = 0; i < pipelined; i++) {
                    requests[i] = words(random);
                    bytes.append(Wire.request(requests[i]));
                }
                proxied[tenant].send(bytes.toString());
                alone[tenant].send(bytes.toString());
                for (String[] request : requests) {
                    String expected = shown(request, alone[tenant].frame());
                    assertThat(shown(request, proxied[tenant].frame()))
                            .as(
                                    "seed %d, step %d, RESP%d, %s of %s",
                                    seed, step, version, String.join(" ", request), TENANTS[tenant])
                            .isEqualTo(expected);
                }
            }
            for (int i = 0; i < 2; i++) {
                for (Wire wire : List.of(proxied[i], alone[i])) {
                    wire.call("DISCARD");
                    wire.call("SELECT", "0");
                }
                assertThat(scanned(proxied[i])).as("seed %d", seed).isNotEmpty().isEqualTo(scanned(alone[i]));
            }
        }
    }

    /** Sets have the order of a hash table, whose seed is the server's; so has what SORT finds equal BY its weights. */
    private static String shown(String[] request, Wire.Frame frame) {
        String name = request[0];
        if (name.equals("EXEC")) {
            return frame.bytes().substring(0, frame.bytes().indexOf('\n'))
                    + frame.parts().stream().map(Wire.Frame::sorted).toList();
        }
        if (UNORDERED.contains(name) || List.of(request).contains("BY")) {
            boolean scan = name.endsWith("SCAN") && frame.parts().size() == 2;
            return scan ? frame.parts().get(1).sorted() : frame.sorted();
        }
        return frame.bytes();
    }

    private static Set<String> scanned(Wire wire) throws Exception {
        Set<String> keys = new TreeSet<>();
        String cursor = "0";
        do {
            Wire.Frame page = wire.call("SCAN", cursor, "COUNT", "3");
            cursor = page.parts().get(0).text();
            page.parts().get(1).parts().forEach(key -> keys.add(key.text()));
        } while (!cursor.equals("0"));
        return keys;
    }

    private static String[] words(Random random) {
        String command = COMMANDS.get(random.nextInt(COMMANDS.size()));
        String name = command.split(" ", -1)[0];
        String[] words = command.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace("%k", "k" + random.nextInt(8))
                    .replace("%p", random.nextBoolean() ? "k*" : "w_*")
                    .replace(
                            "%v",
                            random.nextInt(4) == 0 ? "w_" + random.nextInt(3) : Integer.toString(random.nextInt(4)))
                    .replace("%n", Integer.toString(1 + random.nextInt(50)));
        }
        if (name.equals("SET") && random.nextInt(3) == 0) {
            words[1] = "w_" + random.nextInt(4);
        }
        return words;
    }

    @Test
    void scanFindsEachTenantsKeysAndRandomKeyIsOneOfThem() throws Exception {
        try (Redis redis = new Redis()) {
            var server = redis.server();
            Wire one = redis.client(redis.proxy(server, RedisKeyPrefix.of("one:")));
            Wire other = redis.client(redis.proxy(server, RedisKeyPrefix.of("other:")));
            assertThat(one.call("RANDOMKEY").bytes()).isEqualTo("$-1\r\n");
            for (int i = 0; i < 500; i++) {
                other.call("SET", "b" + i, "v");
            }
            assertThat(one.call("RANDOMKEY").bytes()).isEqualTo("$-1\r\n");
            one.call("MSET", "a1", "v", "a2", "v");

            assertThat(scanned(one)).containsExactly("a1", "a2");
            assertThat(scanned(other)).hasSize(500).allMatch(key -> key.startsWith("b"));
            assertThat(one.call("RANDOMKEY").text()).isIn("a1", "a2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void messagesAndNotificationsReachTheirTenantAlone(String version) throws Exception {
        try (Redis redis = new Redis()) {
            var server = redis.server("--notify-keyspace-events", "KEA");
            int onePort = redis.proxy(server, RedisKeyPrefix.of("one:"));
            int otherPort = redis.proxy(server, RedisKeyPrefix.of("other:"));
            Wire listening = redis.client(onePort);
            listening.call("HELLO", version);
            Wire one = redis.client(onePort);
            Wire other = redis.client(otherPort);
            String array = version.equals("2") ? "*" : ">";

            listening.send(Wire.request("SUBSCRIBE", "news", "__keyevent@0__:set"));
            assertThat(listening.frame().bytes()).isEqualTo(array + "3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
            assertThat(listening.frame().parts().get(1).text()).isEqualTo("__keyevent@0__:set");
            listening.send(Wire.request("PSUBSCRIBE", "n*", "__keyspace@*__:k?"));
            assertThat(listening.frame().parts().get(1).text()).isEqualTo("n*");
            assertThat(listening.frame().parts().get(1).text()).isEqualTo("__keyspace@*__:k?");

            assertThat(other.call("PUBLISH", "news", "not for one").bytes()).isEqualTo(":0\r\n");
            other.call("SET", "k1", "v");
            assertThat(one.call("PUBLISH", "news", "hello").bytes()).isEqualTo(":2\r\n");
            one.call("SET", "k2", "v");

            assertThat(listening.frame().bytes())
                    .isEqualTo(array + "3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
            assertThat(listening.frame().bytes())
                    .isEqualTo(array + "4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
            assertThat(listening.frame().toString())
                    .isEqualTo(array + "4 $8 pmessage $17 __keyspace@*__:k? $17 __keyspace@0__:k2 $3 set ");
            assertThat(listening.frame().toString()).isEqualTo(array + "3 $7 message $18 __keyevent@0__:set $2 k2 ");
            listening.send(Wire.request("UNSUBSCRIBE"));
            assertThat(Set.of(
                            listening.frame().parts().get(1).text(),
                            listening.frame().parts().get(1).text()))
                    .containsExactlyInAnyOrder("news", "__keyevent@0__:set");
        }
    }

    @Test
    void invalidationsNameKeysAsTheTenantDoes() throws Exception {
        try (Redis redis = new Redis()) {
            int port = redis.proxy(redis.server(), RedisKeyPrefix.of("one:"));
            Wire tracking = redis.client(port);
            tracking.call("HELLO", "3");
            assertThat(tracking.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "k", "PREFIX", "k2")
                            .bytes())
                    .isEqualTo(
                            "-ERR Prefix 'k' overlaps with another provided prefix 'k2'. Prefixes for a single client must"
                                    + " not overlap.\r\n");
            tracking.call("CLIENT", "TRACKING", "ON", "BCAST");
            redis.client(port).call("SET", "k", "v");

            assertThat(tracking.frame().bytes()).isEqualTo(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");
            assertThat(tracking.call("CLIENT", "TRACKINGINFO").toString()).contains("$8 prefixes *1 $0  ");
        }
    }
}
