package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Query;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

/** What the users of a listener may do, with a real server behind that would let them do everything. */
class RightsTest {
    private static RedisServer server;
    private static Proxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        proxy = Proxy.before(
                server.uri(),
                listener -> listener.users(RespUsers.of(
                        RespUser.named("app").password("pw").keys("app:*"),
                        RespUser.named("scripted").password("pw").keys("app:*").scripts(),
                        RespUser.named("reader").password("pw").allow(Query.Kind.READ),
                        RespUser.named("everyday").password("pw"),
                        RespUser.named("operator").password("pw").allow(Query.Kind.values()))));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @BeforeEach
    void fill() {
        try (Jedis direct = direct()) {
            direct.flushAll();
            for (String prefix : new String[] {"app:", "x:"}) {
                direct.set(prefix + "string", "secret");
                direct.rpush(prefix + "list", "1", "2");
                direct.sadd(prefix + "set", "1", "2");
                direct.zadd(prefix + "zset", 1, "1");
                direct.hset(prefix + "hash", "field", "secret");
                direct.geoadd(prefix + "geo", 1, 2, "secret");
                direct.pfadd(prefix + "log", "a");
                direct.xadd(
                        prefix + "stream",
                        Map.of("field", "secret"),
                        XAddParams.xAddParams().id("1-1"));
            }
            direct.configResetStat();
        }
    }

    /** Requests are separated by semicolons and line ends. */
    private static Stream<String> lines(String text) {
        return Arrays.stream(text.strip().split("; |\n"));
    }

    private static Jedis direct() {
        return new Jedis(server.host(), server.port());
    }

    private static RawClient client(String user) throws IOException {
        RawClient client = proxy.raw();
        assertThat(client.call("AUTH", user, "pw")).isEqualTo("+OK");
        return client;
    }

    private static Map<String, String> data() {
        try (Jedis direct = direct()) {
            Map<String, String> data = new TreeMap<>();
            for (String key : direct.keys("*")) {
                data.put(key, new String(direct.dump(key), ISO_8859_1));
            }
            return data;
        }
    }

    /** What clients had the server do, by the names of the commands. */
    private static List<String> carriedOut() {
        try (Jedis direct = direct()) {
            return Pattern.compile("cmdstat_([^:]+):calls=")
                    .matcher(direct.info("commandstats"))
                    .results()
                    .map(match -> match.group(1))
                    .filter(name ->
                            Stream.of("hello", "config", "info", "client").noneMatch(name::startsWith))
                    .toList();
        }
    }

    static Stream<String> toOtherKeys() {
        return lines("""
                GET x:string; get x:string; MGET app:string x:string; SET x:string 1; SET x:new 1 NX GET
                DEL app:string x:string; UNLINK x:string; MSET app:string 1 x:string 2; GETEX x:string
                RENAME app:string x:string; RENAME x:string app:string; RENAMENX x:string app:new
                COPY app:string x:string REPLACE; COPY x:string app:string DB 1 REPLACE; MOVE x:string 1
                BITOP NOT app:new x:string; BITOP NOT x:string app:string; LCS app:string x:string; SORT x:list
                SORT app:list STORE x:list; SORT app:list LIMIT 0 1 STORE x:list; SORT app:list BY x:*
                SORT app:list BY nosort GET x:strin*; SORT_RO app:list GET x:strin*
                sort app:list get x:strin* store app:new; GEORADIUS app:geo 1 2 9 km STORE x:geo
                GEORADIUS app:geo 1 2 9 km COUNT 1 STOREDIST x:geo
                GEORADIUSBYMEMBER app:geo secret 1 km STORE x:geo
                GEOSEARCHSTORE x:geo app:geo FROMLONLAT 1 2 BYRADIUS 9 km
                GEOSEARCHSTORE app:geo x:geo FROMLONLAT 1 2 BYRADIUS 9 km; XREAD STREAMS app:stream x:stream 0 0
                XREAD COUNT 1 STREAMS x:stream 0; XREAD BLOCK 1 STREAMS x:stream 0
                XREADGROUP GROUP STREAMS app:stream STREAMS x:stream >; XGROUP CREATE x:stream g $
                XINFO STREAM x:stream; XADD x:stream * a b; XRANGE x:stream - +; XCLAIM x:stream g c 0 1-1
                ZUNION 2 app:zset x:zset; ZUNIONSTORE app:new 2 app:zset x:zset; ZUNIONSTORE x:zset 1 app:zset
                ZDIFFSTORE app:new 1 x:zset; ZINTERCARD 1 x:zset; ZMPOP 1 x:zset MIN; BZMPOP 1 1 x:zset MIN
                ZRANGESTORE x:zset app:zset 0 -1; LMPOP 2 app:none x:list LEFT; BLMPOP 1 2 app:none x:list LEFT
                BLPOP app:none x:list 1; LMOVE app:list x:list LEFT LEFT; RPOPLPUSH x:list app:list
                SMOVE x:set app:set 1; SINTERCARD 1 x:set; SDIFFSTORE app:new x:set; PFCOUNT app:log x:log
                PFMERGE x:log app:log; ZUNION 01 x:zset; ZUNION +1 x:zset; EVAL_RO 1 01 x:string
                OBJECT ENCODING x:string; OBJECT FREQ x:string; OBJECT NOSUCH app:string; MEMORY USAGE x:string
                DUMP x:string; RESTORE x:new 0 abc; TYPE x:string; TTL x:string; EXPIRE x:string 1; TOUCH x:string
                WATCH x:string; WATCH app:string x:string; HGETALL x:hash; HSCAN x:hash 0; SSCAN x:set 0; KEYS app:*
                KEYS *; SCAN 0; SCAN 0 MATCH app:*; RANDOMKEY; DBSIZE; FLUSHALL; FLUSHDB; FLUSHALL ASYNC; SWAPDB 0 1
                EVAL return 0; EVAL return 1 app:string; EVALSHA 0123456789012345678901234567890123456789 0
                EVAL_RO return 0; FCALL f 0; FCALL_RO f 0; SCRIPT LOAD x; SCRIPT FLUSH; SCRIPT NOSUCH
                FUNCTION LOAD x; FUNCTION FLUSH; FUNCTION DELETE x; FUNCTION RESTORE x; FUNCTION NOSUCH
                MIGRATE 127.0.0.1 1 app:string 0 100; MIGRATE 127.0.0.1 1 x:string 0 100; PUBLISH x:channel m
                SPUBLISH x:channel m; SUBSCRIBE x:channel; SUBSCRIBE app:channel x:channel
                SUBSCRIBE __redis__:invalidate; SSUBSCRIBE x:channel; PSUBSCRIBE *; PSUBSCRIBE ap*
                PSUBSCRIBE app:* *; PSUBSCRIBE __keyspace@0__:*; PSUBSCRIBE a[p]p:*; PUBSUB CHANNELS
                PUBSUB SHARDCHANNELS; PUBSUB NUMSUB x:channel; CLIENT TRACKING ON BCAST
                client tracking on prefix app: bcast; CLIENT NOSUCH; CLIENT NO-EVICT ON; CLIENT LIST
                CLIENT KILL TYPE normal; CLIENT PAUSE 1; CLIENT UNBLOCK 1; MONITOR; CONFIG GET *
                CONFIG SET maxmemory 1; CONFIG NOSUCH; ACL LIST; ACL SETUSER x; ACL NOSUCH; INFO; SLOWLOG GET
                LATENCY LATEST; MODULE LIST; MODULE NOSUCH; DEBUG OBJECT x:string; DEBUG SLEEP 0; SAVE; BGSAVE
                SHUTDOWN NOSAVE; REPLICAOF NO ONE; SYNC; PSYNC ? -1; CLUSTER INFO; CLUSTER GETKEYSINSLOT 0 1
                NOSUCH app:string; FT.SEARCH app:string *
                """);
    }

    @ParameterizedTest
    @MethodSource("toOtherKeys")
    void whoIsLimitedToSomeKeysReachesNoOthers(String line) throws IOException {
        Map<String, String> before = data();
        try (RawClient client = client("app")) {
            assertThat(client.call(line.split(" "))).startsWith("-NOPERM this user has no permissions to ");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call(line.split(" "))).startsWith("-NOPERM this user has no permissions to ");
            assertThat(client.call("EXEC")).startsWith("-EXECABORT ");
        }
        assertThat(data()).isEqualTo(before);
        assertThat(carriedOut()).containsOnly("multi", "discard", "keys", "dump");
    }

    static Stream<String> toOwnKeys() {
        return lines("""
                GET app:string; MGET app:string app:none; SET app:new 1; COPY app:string app:new
                RENAME app:string app:new; SORT app:list; SORT app:list BY nosort GET # STORE app:new
                GEORADIUS app:geo 1 2 9 km STORE app:new; XREAD COUNT 1 BLOCK 1 STREAMS app:stream 0
                XGROUP CREATE app:stream g $; ZUNIONSTORE app:new 1 app:zset; LMPOP 1 app:list LEFT
                BLPOP app:list 1; OBJECT ENCODING app:string; MEMORY USAGE app:string; WATCH app:string; MULTI; PING
                ECHO x:string; SELECT 1; CLIENT ID; CLIENT SETNAME x:name; CLIENT TRACKING ON; WAIT 0 1
                PUBLISH app:channel m; SUBSCRIBE app:channel; PSUBSCRIBE app:*; PSUBSCRIBE app:orders:[ab]*
                SSUBSCRIBE app:channel; UNSUBSCRIBE; UNSUBSCRIBE x:channel; PUBSUB NUMSUB app:channel; PUBSUB NUMPAT
                """);
    }

    @ParameterizedTest
    @MethodSource("toOwnKeys")
    void whoIsLimitedToSomeKeysHasThose(String line) throws IOException {
        try (RawClient client = client("app")) {
            assertThat(client.call(line.split(" "))).doesNotStartWith("-");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "GET x:string x:string",
                "RENAME x:string",
                "SETNX x:string 1 2",
                "SUBSCRIBE",
                "OBJECT ENCODING"
            })
    void aRequestWithTooFewOrTooManyArgumentsDoesNotReachTheServer(String line) throws IOException {
        try (RawClient client = client("app")) {
            assertThat(client.call(line.split(" "))).startsWith("-ERR wrong number of arguments for '");
        }
        assertThat(carriedOut()).isEmpty();
    }

    @Test
    void scriptsOfWhoMayRunThemAreJudgedByTheKeysThatTheyAreGiven() throws IOException {
        String get = "return redis.call('GET', KEYS[1])";
        try (RawClient client = client("scripted")) {
            assertThat(client.call("EVAL", get, "1", "app:string")).isEqualTo("$secret");
            assertThat(client.call("EVAL", get, "1", "x:string")).startsWith("-NOPERM ");
            assertThat(client.call("EVAL", get, "2", "app:string", "x:string")).startsWith("-NOPERM ");
            assertThat(client.call("SCRIPT", "LOAD", get)).startsWith("$");
            // What keys() promises ends here, as its documentation says.
            assertThat(client.call("EVAL_RO", "return redis.call('GET', 'x:string')", "0"))
                    .isEqualTo("$secret");
        }
    }

    static Stream<String> thatMayWrite() {
        return lines("""
                SET a 1; DEL a; GETDEL x:string; EVAL 1 0; FUNCTION FLUSH; PUBLISH a b; SUBSCRIBE a; INFO; NOSUCH
                SORT x:list; GEORADIUS x:geo 1 2 9 km; XREADGROUP GROUP g c STREAMS x:stream >; BLPOP x:list 1
                FLUSHALL; MIGRATE 127.0.0.1 1 x:string 0 1
                """);
    }

    @ParameterizedTest
    @MethodSource("thatMayWrite")
    void whoMayOnlyReadChangesNothing(String line) throws IOException {
        Map<String, String> before = data();
        try (RawClient client = client("reader")) {
            assertThat(client.call(line.split(" "))).startsWith("-NOPERM this user has no permissions to run the '");
            assertThat(client.call("GET", "x:string")).isEqualTo("$secret");
        }
        assertThat(data()).isEqualTo(before);
    }

    static Stream<String> ofAdministrators() {
        return lines("""
                CONFIG GET *; config get *; CONFIG; CONFIG NOSUCH; ACL WHOAMI; MONITOR; CLIENT LIST
                CLIENT KILL ID 1; CLIENT NO-EVICT ON; SHUTDOWN; DEBUG SLEEP 0; REPLICAOF NO ONE; SLOWLOG GET
                MODULE LIST; SYNC; MIGRATE 127.0.0.1 1 x:string 0 1
                """);
    }

    @ParameterizedTest
    @MethodSource("ofAdministrators")
    void aNewUserIsNoAdministrator(String line) throws IOException {
        try (RawClient client = client("everyday")) {
            assertThat(client.call(line.split(" "))).startsWith("-NOPERM this user has no permissions to run the '");
            client.write(line + "\r\n");
            assertThat(client.reply()).startsWith("-NOPERM this user has no permissions to run the '");
        }
        assertThat(carriedOut()).isEmpty();
    }

    @Test
    void anAdministratorMayDoEverything() throws IOException {
        try (RawClient client = client("operator")) {
            assertThat(client.call("CONFIG", "GET", "maxmemory")).isEqualTo("*[$maxmemory, $0]");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$default");
            assertThat(client.call("NOSUCH")).startsWith("-ERR unknown command 'NOSUCH'");
            assertThat(client.call("MONITOR")).isEqualTo("+OK");
        }
    }

    /** The server takes one of some hundred names that begin so for the command. */
    @Test
    void noNameWithAnEndInItGetsThrough() throws IOException {
        int names = 2_000;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < names; i++) {
            requests.append(RawClient.request("CONFIG\0" + i, "SET", "maxmemory", "1"));
            requests.append(RawClient.request("CLIENT", "LIST\0" + i));
        }
        try (RawClient client = client("everyday")) {
            client.write(requests.toString());
            for (int i = 0; i < names; i++) {
                assertThat(client.reply()).startsWith("-ERR unknown command 'CONFIG'");
                assertThat(client.reply()).startsWith("-ERR unknown subcommand 'LIST'");
            }
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
        try (Jedis direct = direct()) {
            assertThat(direct.configGet("maxmemory")).containsEntry("maxmemory", "0");
        }
    }

    @Test
    void aPipelineWithARefusedCommandInItsTransactionCarriesNothingOut() throws IOException {
        Map<String, String> before = data();
        String transaction = RawClient.request("MULTI")
                + RawClient.request("SET", "app:string", "changed")
                + RawClient.request("SET", "x:string", "changed")
                + RawClient.request("SET", "app:string", "again")
                + RawClient.request("EXEC");
        try (RawClient client = client("app")) {
            client.write(transaction.repeat(3) + RawClient.request("GET", "app:string"));
            for (int i = 0; i < 3; i++) {
                assertThat(client.reply()).isEqualTo("+OK");
                assertThat(client.reply()).isEqualTo("+QUEUED");
                assertThat(client.reply()).startsWith("-NOPERM ");
                assertThat(client.reply()).isEqualTo("+QUEUED");
                assertThat(client.reply()).isEqualTo("-EXECABORT Transaction discarded because of previous errors.");
            }
            assertThat(client.reply()).isEqualTo("$secret");
        }
        assertThat(data()).isEqualTo(before);
    }

    @Test
    void whoAskedForNoRepliesGetsNoRefusalEither() throws IOException {
        try (RawClient client = client("app")) {
            assertThat(client.call("CLIENT", "REPLY", "ON")).isEqualTo("+OK");
            client.send("CLIENT", "REPLY", "OFF");
            client.send("GET", "x:string");
            client.send("AUTH", "app", "wrong");
            client.send("SET", "app:string", "changed");
            assertThat(client.call("CLIENT", "REPLY", "ON")).isEqualTo("+OK");
            assertThat(client.call("GET", "app:string")).isEqualTo("$changed");
        }
    }
}
