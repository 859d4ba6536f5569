package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.route.Route;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Two real servers behind a {@link Route}: the state of a session is the same at both. Reads go to one, the rest to the other. */
@ParameterizedClass(name = "transparent {0}")
@ValueSource(booleans = {false, true})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class RoutedSinksTest {
    private final RedisServer main = RedisServer.start();
    private final RedisServer replica = RedisServer.start();

    @Parameter
    private boolean transparent;

    private RedisSink mainSink;
    private RedisSink replicaSink;
    private Listener listener;
    private RawClient client;
    private RawClient atMain;
    private RawClient atReplica;

    @BeforeEach
    void serve() throws IOException {
        mainSink = sink(main);
        replicaSink = sink(replica);
        Route route = Route.by(request -> request.query().kind() == Query.Kind.READ ? "replica" : "main")
                .to("main", mainSink)
                .to("replica", replicaSink)
                .metrics(new SimpleMeterRegistry())
                .build();
        listener = RespListener.on("127.0.0.1:0").serve(Chain.named("routed").to(route));
        client = new RawClient("127.0.0.1", listener.port());
        atMain = new RawClient(main.host(), main.port());
        atReplica = new RawClient(replica.host(), replica.port());
        for (int database = 0; database < 8; database++) {
            mark(atMain, database, "main");
            mark(atReplica, database, "replica");
        }
    }

    private static void mark(RawClient server, int database, String name) throws IOException {
        server.call("SELECT", Integer.toString(database));
        server.call("SET", "where", name + ' ' + database);
    }

    private RedisSink sink(RedisServer server) {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        return (transparent ? builder.transparent() : builder).build();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        atMain.close();
        atReplica.close();
        listener.close();
        mainSink.close();
        replicaSink.close();
        main.close();
        replica.close();
    }

    @Test
    void aDatabaseThatWasSelectedBeforeTheSessionCameToAServerIsItsDatabaseThere() throws IOException {
        assertThat(client.call("SELECT", "5")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 5");
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 5");
    }

    @Test
    void aDatabaseThatIsSelectedLaterIsSelectedWhereverTheSessionHasBeen() throws IOException {
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("SELECT", "5")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 5");
        assertThat(client.call("SELECT", "0")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 0");
    }

    @Test
    void aPipelineReadsEachDatabaseThatItSelects() throws IOException {
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            pipeline.append(RawClient.request("SELECT", Integer.toString(i % 8)));
            pipeline.append(RawClient.request("GET", "where"));
            pipeline.append(RawClient.request("EVAL", "return redis.call('GET', KEYS[1])", "1", "where"));
        }
        client.write(pipeline.toString());
        for (int i = 0; i < 200; i++) {
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("$replica " + i % 8);
            assertThat(client.reply()).isEqualTo("$main " + i % 8);
        }
    }

    @Test
    void aDatabaseThatThereIsNotIsSelectedNowhere() throws IOException {
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("SELECT", "99")).startsWith("-ERR");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 0");
    }

    @Test
    void theVersionOfTheProtocolAndTheNameAreThoseOfTheSessionEverywhere() throws IOException {
        assertThat(client.call("HELLO", "3")).startsWith("%");
        assertThat(client.call("CLIENT", "SETNAME", "me")).isEqualTo("+OK");
        assertThat(client.call("SELECT", "5")).isEqualTo("+OK");
        atReplica.call("SELECT", "5");
        atReplica.call("HSET", "h", "f", "v");

        assertThat(client.call("HGETALL", "h")).isEqualTo("%[$f, $v]");
        assertThat(atReplica.call("CLIENT", "LIST")).contains(" name=me ");
        assertThat(client.call("HELLO", "2")).startsWith("*");
        assertThat(client.call("HGETALL", "h")).isEqualTo("*[$f, $v]");
    }

    @Test
    void aTransactionIsCarriedOutWhereItBegan() throws IOException {
        assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(client.call("WATCH", "where")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$main 3");
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("+QUEUED");
        assertThat(client.call("EXEC")).isEqualTo("*[$main 3]");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 3");
    }

    @Test
    void aWatchGuardsItsTransaction() throws IOException {
        assertThat(client.call("WATCH", "where")).isEqualTo("+OK");
        atMain.call("SELECT", "0");
        atMain.call("SET", "where", "theirs");
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("SET", "where", "ours")).isEqualTo("+QUEUED");
        assertThat(client.call("EXEC")).isEqualTo("*nil");
    }

    @Test
    void aDatabaseSelectedWithinATransactionIsRefusedAndNothingOfItIsCarriedOut() throws IOException {
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("SET", "where", "x")).isEqualTo("+QUEUED");
        assertThat(client.call("SELECT", "5")).contains("cannot be part of a transaction");
        assertThat(client.call("EXEC")).startsWith("-EXECABORT");
        assertThat(client.call("GETSET", "where", "y")).isEqualTo("$main 0");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
    }

    @Test
    void resetEndsATransactionAndGoesBackEverywhere() throws IOException {
        assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 3");
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("RESET")).isEqualTo("+RESET");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 0");
    }

    @Test
    void whoeverAuthenticatesIsKnownAtServersThatItComesToLater() throws IOException {
        for (RawClient server : new RawClient[] {atMain, atReplica}) {
            assertThat(server.call("ACL", "SETUSER", "reader", "on", ">tea", "~where", "+get", "+select", "+getset"))
                    .isEqualTo("+OK");
        }
        assertThat(client.call("AUTH", "reader", "tea")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(client.call("GET", "other")).startsWith("-NOPERM");
        assertThat(client.call("SELECT", "2")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 2");
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 2");
    }

    @Test
    void aUserThatOneServerDoesNotKnowIsNoUser() throws IOException {
        atMain.call("ACL", "SETUSER", "reader", "on", ">tea", "~*", "+@all");
        assertThat(client.call("AUTH", "reader", "tea")).contains("was not carried out by all chains");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void aSubscriptionStaysAtHomeAndReadsGoOn() throws IOException {
        assertThat(client.call("HELLO", "3")).startsWith("%");
        assertThat(client.call("SUBSCRIBE", "news")).isEqualTo(">[$subscribe, $news, :1]");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        assertThat(atMain.call("PUBLISH", "news", "tea")).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo(">[$message, $news, $tea]");
        assertThat(client.call("SELECT", "4")).isEqualTo("+OK");
        assertThat(client.call("GET", "where")).isEqualTo("$replica 4");
    }

    @Test
    void lettuceAndJedisFindTheDatabaseThatTheyAskedFor() {
        RedisClient lettuce = RedisClient.create("redis://127.0.0.1:" + listener.port() + "/6");
        try (StatefulRedisConnection<String, String> connection = lettuce.connect();
                Jedis jedis = new Jedis("127.0.0.1", listener.port())) {
            assertThat(connection.sync().get("where")).isEqualTo("replica 6");
            assertThat(connection.sync().setGet("where", "x")).isEqualTo("main 6");
            jedis.select(7);
            assertThat(jedis.get("where")).isEqualTo("replica 7");
            assertThat(jedis.setGet("where", "x")).isEqualTo("main 7");
        } finally {
            lettuce.shutdown();
        }
    }

    @Test
    void aServerThatIsGoneFailsWhatIsForItAlone() throws IOException {
        assertThat(client.call("GET", "where")).isEqualTo("$replica 0");
        replica.close();
        assertThat(client.call("GETSET", "where", "x")).isEqualTo("$main 0");
        assertThat(client.call("GET", "where")).startsWith("-ERR");
        assertThat(client.call("GETSET", "where", "y")).isEqualTo("$x");
    }
}
