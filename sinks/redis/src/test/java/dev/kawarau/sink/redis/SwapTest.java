package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener that goes on to a chain with another sink: what its clients believe of their connections still holds. */
@ParameterizedClass(name = "transparent {0}")
@ValueSource(booleans = {false, true})
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class SwapTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisServer oldServer = RedisServer.start();
    private final RedisServer newServer = RedisServer.start();

    @Parameter
    private boolean transparent;

    private final AtomicInteger seen = new AtomicInteger();
    private RedisSink oldSink;
    private RedisSink newSink;
    private Listener listener;
    private RawClient client;
    private RawClient before;
    private RawClient after;

    @BeforeEach
    void serveTheOldChain() throws IOException {
        oldSink = sink(oldServer);
        newSink = sink(newServer);
        listener = RespListener.on("127.0.0.1:0")
                .serve(Chain.named("old")
                        .then((request, next) -> {
                            Reply reply = next.send(request);
                            seen.incrementAndGet();
                            return reply;
                        })
                        .to(oldSink));
        client = new RawClient("127.0.0.1", listener.port());
        before = new RawClient(oldServer.host(), oldServer.port());
        after = new RawClient(newServer.host(), newServer.port());
        assertThat(client.call("PING")).isEqualTo("+PONG");
    }

    private RedisSink sink(RedisServer server) {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        return (transparent ? builder.transparent() : builder).build();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        before.close();
        after.close();
        listener.close();
        oldSink.close();
        newSink.close();
        oldServer.close();
        newServer.close();
    }

    private CompletableFuture<Chain> swap() {
        return listener.serve(Chain.named("new").to(newSink)).toCompletableFuture();
    }

    @Test
    void aSelectedDatabaseANameAndAProtocolVersionAreTakenAlong() throws Exception {
        assertThat(client.call("HELLO", "3")).startsWith("%");
        assertThat(client.call("CLIENT", "SETNAME", "me")).isEqualTo("+OK");
        assertThat(client.call("SELECT", "3")).isEqualTo("+OK");

        assertThat(swap()).succeedsWithin(PATIENCE);
        assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
        assertThat(client.call("HSET", "h", "f", "v")).isEqualTo(":1");
        assertThat(client.call("HGETALL", "h")).isEqualTo("%[$f, $v]");
        assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$me");
        assertThat(before.call("INFO", "keyspace")).doesNotContain("keys=");
        assertThat(after.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(after.call("GET", "k")).isEqualTo("$v");
        assertThat(after.call("CLIENT", "LIST")).contains(" name=me ");
    }

    @Test
    void aDatabaseThatWasSelectedMeanwhileIsTakenBackToTheFirstSink() throws Exception {
        assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(swap()).succeedsWithin(PATIENCE);
        assertThat(client.call("SELECT", "5")).isEqualTo("+OK");
        assertThat(listener.serve(Chain.named("old again").to(oldSink))).succeedsWithin(PATIENCE);
        assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
        assertThat(before.call("SELECT", "5")).isEqualTo("+OK");
        assertThat(before.call("GET", "k")).isEqualTo("$v");
    }

    @Test
    void aTransactionEndsWhereItBegan() throws Exception {
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("SET", "k", "v")).isEqualTo("+QUEUED");
        CompletableFuture<Chain> left = swap();
        assertThat(client.call("SET", "l", "v")).isEqualTo("+QUEUED");
        assertThat(left).isNotDone();
        assertThat(client.call("EXEC")).isEqualTo("*[+OK, +OK]");
        assertThat(left).as("with its state").succeedsWithin(PATIENCE);
        assertThat(before.call("EXISTS", "k", "l")).isEqualTo(":2");
        assertThat(client.call("EXISTS", "k", "l")).isEqualTo(":0");
    }

    @Test
    void aWatchGuardsItsTransactionAcrossTheSwap() throws Exception {
        assertThat(client.call("WATCH", "k")).isEqualTo("+OK");
        CompletableFuture<Chain> left = swap();
        assertThat(before.call("SET", "k", "theirs")).isEqualTo("+OK");
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("SET", "k", "ours")).isEqualTo("+QUEUED");
        assertThat(client.call("EXEC")).isEqualTo("*nil");
        assertThat(left).succeedsWithin(PATIENCE);
    }

    @Test
    void aSelectUnderWayAtTheSwapIsTakenAlong() throws Exception {
        oldServer.pause();
        client.send("SELECT", "3");
        client.send("SET", "before", "v");
        Awaitility.await().until(() -> seen.get() == 3);
        CompletableFuture<Chain> left = swap();
        oldServer.resume();
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(client.reply()).isEqualTo("+OK");
        assertThat(left).succeedsWithin(PATIENCE);
        assertThat(client.call("SET", "after", "v")).isEqualTo("+OK");
        assertThat(before.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(after.call("SELECT", "3")).isEqualTo("+OK");
        assertThat(before.call("KEYS", "*")).isEqualTo("*[$before]");
        assertThat(after.call("KEYS", "*")).isEqualTo("*[$after]");
    }

    @Test
    void aSubscriberStaysUntilItHasLeftItsChannels() throws Exception {
        assertThat(client.call("SUBSCRIBE", "c")).startsWith("*[$subscribe");
        CompletableFuture<Chain> left = swap();
        assertThat(before.call("PUBLISH", "c", "m")).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo("*[$message, $c, $m]");
        assertThat(left).isNotDone();
        assertThat(client.call("UNSUBSCRIBE", "c")).startsWith("*[$unsubscribe");
        assertThat(left).succeedsWithin(PATIENCE);
        assertThat(client.call("SUBSCRIBE", "c")).startsWith("*[$subscribe");
        assertThat(after.call("PUBLISH", "c", "m")).isEqualTo(":1");
    }

    @Test
    void aSubscriberIsClosedWithTheOldSinkSoThatItNotices() throws Exception {
        assertThat(client.call("SUBSCRIBE", "c")).startsWith("*[$subscribe");
        CompletableFuture<Chain> left = swap();
        oldSink.close();
        assertThat(client.isAtEnd()).isTrue();
        assertThat(left).succeedsWithin(PATIENCE);
    }

    @Test
    void aSubscriberGoesOnAtOnceToAChainWithTheSameSink() throws Exception {
        assertThat(client.call("SUBSCRIBE", "c")).startsWith("*[$subscribe");
        assertThat(listener.serve(Chain.named("again").to(oldSink))).succeedsWithin(PATIENCE);
        assertThat(before.call("PUBLISH", "c", "m")).isEqualTo(":1");
        assertThat(client.reply()).isEqualTo("*[$message, $c, $m]");
    }
}
