package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespLimits;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.StaticCredentialsProvider;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that clients have to themselves: how many there may be, and what they are like when the next one gets them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class ConnectionPoolTest {
    private final RedisServer server = RedisServer.start("--enable-debug-command", "yes");
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void aWatchOutlivesAnExecWithoutMultiAndIsNotHandedToTheNextClient() throws Exception {
        try (Proxy proxy = proxy(sink(), 1);
                RawClient first = proxy.client();
                RawClient second = proxy.client();
                RawClient other = proxy.client()) {
            assertThat(first.call("WATCH", "k")).isEqualTo("+OK");
            assertThat(first.call("EXEC")).startsWith("-ERR EXEC without MULTI");
            assertThat(other.call("SET", "k", "changed")).isEqualTo("+OK");

            assertThat(second.call("MULTI")).isEqualTo("+OK");
            assertThat(second.call("SET", "l", "v")).isEqualTo("+QUEUED");
            assertThat(second.call("EXEC")).isEqualTo("*[+OK]");

            assertThat(first.call("MULTI")).isEqualTo("+OK");
            assertThat(first.call("SET", "l", "w")).isEqualTo("+QUEUED");
            assertThat(first.call("EXEC")).as("the watched key changed").isEqualTo("*nil");
        }
    }

    @Test
    void theSinksNameIsBackOnAConnectionThatBoreAClients() throws Exception {
        try (Proxy proxy = proxy(RedisSink.to(server.uri() + "?clientName=the-sink"), 1);
                RawClient client = proxy.client();
                RawClient direct = direct()) {
            assertThat(client.call("CLIENT", "SETNAME", "the-client")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(direct.call("CLIENT", "LIST")).contains(" name=the-client ");
            assertThat(client.call("EXEC")).isEqualTo("*[]");

            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(direct.call("CLIENT", "LIST")).contains(" name=the-sink "));
        }
    }

    @Test
    void nothingOfATransactionThatFoundNoConnectionIsCarriedOut() throws Exception {
        try (Proxy proxy = proxy(sink().maxOwnConnections(1), 1);
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            assertThat(first.call("MULTI")).isEqualTo("+OK");
            second.write(RawClient.request("MULTI")
                    + RawClient.request("SET", "alone", "v")
                    + RawClient.request("EXEC")
                    + RawClient.request("EXISTS", "alone"));
            assertThat(second.reply()).isEqualTo("+OK");
            assertThat(second.reply()).startsWith("-ERR ").contains("as many connections", "was not sent");
            assertThat(second.reply()).startsWith("-EXECABORT ");
            assertThat(second.reply()).isEqualTo(":0");
        }
    }

    @Test
    void asManyClientsAsAllowedHaveConnectionsOfTheirOwnWhicheverThreadTheyAreOn() throws Exception {
        try (Proxy proxy = proxy(sink().maxOwnConnections(1), 2);
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            for (int round = 0; round < 3; round++) {
                assertThat(first.call("MULTI")).isEqualTo("+OK");
                assertThat(second.call("BLPOP", "k", "0")).startsWith("-ERR ").contains("as many connections");
                assertThat(first.call("EXEC")).isEqualTo("*[]");

                assertThat(second.call("MULTI")).isEqualTo("+OK");
                assertThat(second.call("EXEC")).isEqualTo("*[]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatNobodyNeedsAnyMoreIsNotCountedAsLost(boolean transparent) throws Exception {
        RedisSink.Builder sink = sink().idleTimeout(Duration.ofMillis(50));
        try (Proxy proxy = proxy(transparent ? sink.transparent() : sink, 1)) {
            try (RawClient client = proxy.client();
                    RawClient subscriber = proxy.client()) {
                assertThat(client.call("MULTI")).isEqualTo("+OK");
                assertThat(client.call("EXEC")).isEqualTo("*[]");
                assertThat(subscriber.call("SUBSCRIBE", "c")).startsWith("*[$subscribe");
                assertThat(gauge("own") + gauge("idle")).isPositive();
            }
            Awaitility.await().until(() -> gauge("own") == 0 && gauge("idle") == 0);
            assertThat(meters.get("kawarau.upstream.lost").counter().count()).isZero();
        }
    }

    @Test
    void aSinkThatTakesTheirPlaceKeepsTheMetersOfThoseBeforeIt() throws Exception {
        try (Proxy first = proxy(sink(), 1);
                RawClient client = first.client()) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            try (Proxy second = proxy(sink(), 1);
                    RawClient other = second.client()) {
                assertThat(other.call("MULTI")).isEqualTo("+OK");
                assertThat(gauge("own")).isEqualTo(2);
                first.sink().close();
                assertThat(gauge("own")).isEqualTo(1);
            }
        }
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void aConnectionThatWasIdleHasTheWholeTimeoutForItsNextAnswer() throws Exception {
        try (Proxy proxy = proxy(sink().requestTimeout(Duration.ofSeconds(2)), 1);
                RawClient client = proxy.client();
                RawClient direct = direct()) {
            assertThat(client.call("CLIENT", "SETNAME", "named")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("EXEC")).isEqualTo("*[]");
            Awaitility.await().until(() -> !direct.call("CLIENT", "LIST").contains(" name=named "));
            assertThat(direct.call("DEBUG", "SLEEP", "2.2")).isEqualTo("+OK");

            direct.send("DEBUG", "SLEEP", "0.7");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(direct.reply()).isEqualTo("+OK");
        }
    }

    @Test
    void aClientThatLeavesBeforeItsConnectionIsMadeDoesNotMakeOthersPay() throws Exception {
        try (BrokenUpstream silent = BrokenUpstream.silent();
                Proxy proxy =
                        proxy(RedisSink.to(silent.uri()).metrics(meters).connectTimeout(Duration.ofSeconds(1)), 1)) {
            try (RawClient leaving = proxy.client();
                    RawClient next = proxy.client()) {
                leaving.send("WATCH", "k");
                Awaitility.await().until(() -> gauge("own") == 1);
                leaving.abort();
                Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> gauge("own") == 0);

                assertThat(next.call("WATCH", "k")).contains("did not get ready within 1000 ms");
            }
        }
    }

    @Test
    void aServerThatSpeaksNoTlsGetsNoRequests() throws Exception {
        try (BrokenUpstream broken = BrokenUpstream.sayingThenClosing("-ERR no TLS here\r\n");
                Proxy proxy = proxy(
                        RedisSink.to(broken.uri().replace("redis://", "rediss://"))
                                .metrics(meters)
                                .transparent(),
                        1);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.call("SET", "k", "v")).endsWith("the command was not sent");
            }
            assertThat(meters.get("kawarau.upstream.lost").counter().count()).isZero();
            assertThat(meters.get("kawarau.upstream.unreachable").counter().count())
                    .as("with pauses between")
                    .isBetween(1.0, 10.0);
        }
    }

    @Test
    void connectionsMayBeClosedAfterTheirLoop() {
        RedisSettings settings = new RedisSettings(
                server.host(),
                server.port(),
                null,
                null,
                new StaticCredentialsProvider(null, null),
                null,
                0,
                null,
                false,
                1,
                1,
                1,
                1,
                1,
                RespLimits.DEFAULT);
        EventLoops loops = EventLoops.of(1);
        LoopConnections connections = new LoopConnections(
                loops.group().next(), settings, new SinkStats(meters, settings), new SplittableRandom(1));
        loops.close();

        assertThatCode(connections::close).doesNotThrowAnyException();
    }

    private double gauge(String kind) {
        return meters.get("kawarau.upstream.connections")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    private RedisSink.Builder sink() {
        return RedisSink.to(server.uri()).metrics(meters);
    }

    private RawClient direct() throws IOException {
        return new RawClient(server.host(), server.port());
    }

    private static Proxy proxy(RedisSink.Builder builder, int threads) {
        RedisSink sink = builder.build();
        EventLoops loops = EventLoops.of(threads);
        Listener listener = RespListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .serve(Chain.named("pool").to(sink));
        return new Proxy(loops, sink, listener);
    }

    private record Proxy(EventLoops loops, RedisSink sink, Listener listener) implements AutoCloseable {
        RawClient client() throws IOException {
            return new RawClient("127.0.0.1", listener.port());
        }

        @Override
        public void close() {
            listener.stop(Duration.ofSeconds(1));
            sink.close();
            loops.close();
        }
    }
}
