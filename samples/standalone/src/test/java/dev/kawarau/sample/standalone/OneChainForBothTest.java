package dev.kawarau.sample.standalone;

import static dev.kawarau.Query.Kind.ADMIN;
import static dev.kawarau.Query.Kind.READ;
import static dev.kawarau.Query.Kind.SCHEMA;
import static dev.kawarau.Query.Kind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.QueryCounter;
import dev.kawarau.transform.QueryTypeFilter;
import dev.kawarau.transform.Returner;
import dev.kawarau.transform.control.CircuitBreaker;
import dev.kawarau.transform.control.ConcurrencyLimit;
import dev.kawarau.transform.control.Retry;
import dev.kawarau.transform.control.Throttle;
import dev.kawarau.transform.control.Timeout;
import dev.kawarau.transform.observe.DebugPrinter;
import dev.kawarau.transform.observe.HotKeys;
import dev.kawarau.transform.observe.Sampler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One chain object serves both protocols at once: what stands in it knows no protocol, and its end asks for it. */
class OneChainForBothTest {
    private static RedisServer redisServer;
    private static CqlSession direct;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final QueryCounter counter = QueryCounter.named("both");
    private final CircuitBreaker breaker = CircuitBreaker.named("both");
    private final HotKeys hotKeys = HotKeys.create();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<String> protocols = new ConcurrentLinkedQueue<>();
    private RedisSink redisSink;
    private CassandraSink cassandraSink;
    private Chain chain;
    private Listener resp;
    private Listener cql;
    private RedisClient redisClient;
    private RedisCommands<String, String> redis;
    private CqlSession cassandra;

    @BeforeAll
    static void start() {
        redisServer = RedisServer.start();
        direct = StandaloneCassandraTest.connect(
                "127.0.0.1:" + CassandraServer.shared().port());
        direct.execute("CREATE KEYSPACE both WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        direct.execute("CREATE TABLE both.t (k int PRIMARY KEY, v text)");
    }

    @AfterAll
    static void stop() {
        direct.close();
        redisServer.close();
    }

    private static boolean isAbout(Message request, String key) {
        return request.query().keys().stream()
                .anyMatch(bytes -> bytes.toString(StandardCharsets.UTF_8).contains(key));
    }

    private static Transform refusing(String key) {
        return (request, next) -> isAbout(request, key)
                ? Reply.failed(new Failure(Failure.Kind.INVALID, key + " is nobody's business"))
                : next.send(request);
    }

    private static Transform closed(String key, Transform instead) {
        return (request, next) -> isAbout(request, key) ? instead.handle(request, next) : next.send(request);
    }

    @BeforeEach
    void serve() {
        redisSink = RedisSink.to("redis://" + redisServer.host() + ":" + redisServer.port())
                .metrics(meters)
                .build();
        cassandraSink = CassandraSink.to("127.0.0.1:" + CassandraServer.shared().port())
                .metrics(meters)
                .build();
        chain = Chain.named("both")
                .metrics(meters)
                .then(counter)
                .then(QueryTypeFilter.deny(ADMIN, SCHEMA))
                .then(Transform.blocking(threads, refusing("tea")))
                .then(DebugPrinter.to(lines::add))
                .then(hotKeys)
                .then(Throttle.perSecond(100_000))
                .then(ConcurrencyLimit.of(100))
                .then(Sampler.oneIn(1, closed("cocoa", Returner.failing("no cocoa today"))))
                .then((request, next) -> {
                    protocols.add(request.session().protocol());
                    return next.send(request);
                })
                .then(Retry.attempts(2))
                .then(breaker)
                .then(Timeout.after(Duration.ofSeconds(10)))
                .to(request -> request.session().protocol().equals(redisSink.protocol())
                        ? redisSink.send(request)
                        : cassandraSink.send(request));
        resp = RespListener.on("127.0.0.1:0").metrics(meters).serve(chain);
        cql = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
        redisClient = RedisClient.create("redis://" + resp.address());
        redis = redisClient.connect().sync();
        cassandra = StandaloneCassandraTest.connect(cql.address().toString());
    }

    @AfterEach
    void close() {
        cassandra.close();
        redisClient.shutdown();
        resp.close();
        cql.close();
        chain.close();
        cassandraSink.close();
        redisSink.close();
        threads.shutdown();
    }

    @Test
    void requestsOfBothAreCountedTogether() {
        redis.set("a", "1");
        cassandra.execute("INSERT INTO both.t (k, v) VALUES (1, 'one')");

        assertThat(redis.get("a")).isEqualTo("1");
        assertThat(cassandra.execute("SELECT v FROM both.t WHERE k = 1").one().getString("v"))
                .isEqualTo("one");
        assertThat(counter.counts().get(WRITE)).containsEntry("SET", 1L).containsEntry("INSERT", 1L);
        assertThat(counter.counts().get(READ)).containsEntry("GET", 1L).containsKey("SELECT");
    }

    @Test
    void kindsAreRefusedInEachOnesOwnWords() {
        assertThatThrownBy(() -> redis.configGet("save"))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageStartingWith("NOPERM CONFIG|GET is of kind ADMIN");
        assertThatThrownBy(() -> cassandra.execute("DROP TABLE both.t"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("is of kind SCHEMA");
    }

    @Test
    void aTransformThatBlocksLooksAtTheKeysOfBoth() {
        assertThatThrownBy(() -> redis.set("green tea", "1"))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageContaining("tea is nobody's business");
        direct.execute("CREATE TABLE IF NOT EXISTS both.words (k text PRIMARY KEY)");
        assertThatThrownBy(() -> cassandra.execute(cassandra
                        .prepare("SELECT k FROM both.words WHERE k = ?")
                        .bind("green tea")))
                .isInstanceOf(InvalidQueryException.class)
                .hasMessageContaining("tea is nobody's business");
        assertThat(redis.set("coffee", "1")).isEqualTo("OK");
    }

    private void selectWord(String word) {
        cassandra.execute(
                cassandra.prepare("SELECT k FROM both.words WHERE k = ?").bind(word));
    }

    @Test
    void whatAnswersByItselfDoesSoForTheKeysOfBoth() {
        direct.execute("CREATE TABLE IF NOT EXISTS both.words (k text PRIMARY KEY)");

        assertThatThrownBy(() -> redis.get("cocoa")).hasMessageContaining("no cocoa today");
        assertThatThrownBy(() -> selectWord("cocoa"))
                .isInstanceOf(InvalidQueryException.class)
                .hasMessageContaining("no cocoa today");
    }

    @Test
    void whatWatchesSeesBoth() {
        direct.execute("CREATE TABLE IF NOT EXISTS both.words (k text PRIMARY KEY)");
        for (int i = 0; i < 20; i++) {
            redis.get("hot in redis");
            selectWord("hot in cassandra");
        }

        assertThat(hotKeys.top(10))
                .anyMatch(hot -> hot.key().equals("hot in redis"))
                .anyMatch(hot ->
                        hot.key().equals("hot in cassandra") && hot.namespace().equals("both.words"));
        assertThat(lines)
                .anyMatch(line -> line.contains("GET") && line.contains("hot in redis"))
                .anyMatch(line -> line.contains("SELECT") && line.contains("both.words"));
        assertThat(protocols).contains("RESP", "CQL");
    }

    @Test
    void whatIsClosedIsClosedForBoth() {
        breaker.forceOpen();

        assertThatThrownBy(() -> redis.get("a"))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageContaining("both");
        assertThatThrownBy(() -> cassandra.execute("SELECT v FROM both.t WHERE k = 1"))
                .isInstanceOf(AllNodesFailedException.class)
                .hasMessageContaining("UnavailableException");

        breaker.forceClosed();
        assertThat(redis.get("nothing")).isNull();
        assertThat(cassandra.execute("SELECT v FROM both.t WHERE k = 9").all()).isEmpty();
    }

    @Test
    void aChainThatReachesNoDatabaseAnswersBoth() {
        Chain closed = Chain.named("closed")
                .metrics(meters)
                .to(request -> Returner.failing("closed for today").handle(request, unused -> {
                    throw new AssertionError("nothing is behind it");
                }));
        resp.serve(closed);
        cql.serve(closed);

        assertThatThrownBy(() -> redis.get("a")).hasMessageContaining("closed for today");
        assertThatThrownBy(() -> cassandra.execute("SELECT v FROM both.t WHERE k = 1"))
                .hasMessageContaining("closed for today");
        closed.close();
    }
}
