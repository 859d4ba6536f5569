package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait, for a connection or for earlier ones: they stay in order, and each ends. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class WaitingRequestTest {
    private final RedisServer server = RedisServer.start();

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void requestsThatWaitBehindAResetEndWithTheirSession() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        try (RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("counted")
                                .then((request, next) -> {
                                    begun.incrementAndGet();
                                    return next.send(request).whenDone((response, failure) -> ended.incrementAndGet());
                                })
                                .to(sink))) {
            try (RawClient client = client(listener)) {
                server.pause();
                client.write(RawClient.request("RESET") + RawClient.request("GET", "k") + RawClient.request("PING"));
                Awaitility.await().until(() -> begun.get() == 3);
                client.abort();
            }
            Awaitility.await().untilAsserted(() -> assertThat(ended).hasValue(3));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAMutedClientSendsStaysInOrderWhileItsConnectionIsMade(boolean transparent) throws Exception {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        try (RedisSink sink = (transparent ? builder.transparent() : builder).build();
                Listener listener = RespListener.on("127.0.0.1:0")
                        .maxInFlight(8)
                        .serve(Chain.named("muted").to(sink));
                RawClient client = client(listener)) {
            StringBuilder requests = new StringBuilder(RawClient.request("CLIENT", "REPLY", "OFF"));
            for (int i = 0; i < 100; i++) {
                requests.append(RawClient.request("RPUSH", "list", Integer.toString(i)));
            }
            client.write(requests + RawClient.request("CLIENT", "REPLY", "ON"));
            assertThat(client.reply()).isEqualTo("+OK");
            String inOrder =
                    IntStream.range(0, 100).mapToObj(i -> "$" + i).collect(Collectors.joining(", ", "*[", "]"));
            assertThat(client.call("LRANGE", "list", "0", "-1")).isEqualTo(inOrder);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestThatWasAnsweredEarlyIsCarriedOutAllTheSame(boolean transparent) throws Exception {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        RespMessage early = RespMessage.of(RespValue.ok());
        try (RedisSink sink = (transparent ? builder.transparent() : builder).build();
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("early")
                                .then((request, next) -> {
                                    Reply reply = next.send(request);
                                    return reply.isDone() ? reply : Reply.of(early);
                                })
                                .to(sink));
                RawClient client = client(listener);
                RawClient direct = new RawClient(server.host(), server.port())) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
            assertThat(client.call("SELECT", "0")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "w")).isEqualTo("+OK");

            Awaitility.await().until(() -> direct.call("GET", "k").equals("$w"));
            assertThat(direct.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(direct.call("GET", "k")).isEqualTo("$v");
        }
    }

    @Test
    void aSecondSinkOfASessionDoesNotForgetTheDatabaseOfTheFirst() throws Exception {
        try (RedisServer otherServer = RedisServer.start();
                RedisSink sink = RedisSink.at(server.uri());
                RedisSink other = RedisSink.at(otherServer.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("two")
                                .then((request, next) -> ((RespMessage) request).argumentIs(1, "OTHER")
                                        ? other.send(request)
                                        : next.send(request))
                                .to(sink));
                RawClient client = client(listener);
                RawClient next = client(listener);
                RawClient direct = new RawClient(server.host(), server.port())) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(client.call("GET", "other")).isEqualTo("$nil");
            assertThat(client.call("SET", "a", "v")).isEqualTo("+OK");
            assertThat(client.call("SET", "b", "v")).isEqualTo("+OK");
            assertThat(next.call("MULTI")).isEqualTo("+OK");
            assertThat(next.call("SET", "c", "v")).isEqualTo("+QUEUED");
            assertThat(next.call("EXEC")).isEqualTo("*[+OK]");

            assertThat(direct.call("KEYS", "*")).isEqualTo("*[$c]");
            assertThat(direct.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(direct.call("EXISTS", "a", "b")).isEqualTo(":2");
        }
    }

    @Test
    void whatWaitsBehindASelectThatFindsNoConnectionIsNotCarriedOutInAnotherDatabase() throws Exception {
        try (RedisSink sink = RedisSink.to(server.uri()).maxOwnConnections(1).build();
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("limited").to(sink));
                RawClient holder = client(listener);
                RawClient client = client(listener);
                RawClient direct = new RawClient(server.host(), server.port())) {
            assertThat(holder.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("GET", "k")).isEqualTo("$nil");
            server.pause();
            client.write(RawClient.request("GET", "k")
                    + RawClient.request("SELECT", "3")
                    + RawClient.request("SET", "k", "elsewhere"));
            server.resume();
            assertThat(client.reply()).isEqualTo("$nil");
            assertThat(client.reply()).startsWith("-ERR ").contains("was not sent");
            assertThat(client.reply()).startsWith("-ERR ").contains("a command before this one");
            assertThat(client.isAtEnd()).isTrue();
            assertThat(direct.call("EXISTS", "k")).isEqualTo(":0");
        }
    }

    @Test
    void theLimitOfOwnConnectionsIsAMatterOfLoadAndNotOfTheServer() throws Exception {
        List<Failure.Kind> kinds = new CopyOnWriteArrayList<>();
        try (RedisSink sink = RedisSink.to(server.uri()).maxOwnConnections(1).build();
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("limited")
                                .then((request, next) -> next.send(request).whenDone((response, failure) -> {
                                    if (failure instanceof Failure known) {
                                        kinds.add(known.kind());
                                    }
                                }))
                                .to(sink));
                RawClient holder = client(listener);
                RawClient client = client(listener)) {
            assertThat(holder.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("BLPOP", "k", "0")).startsWith("-ERR ");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "v")).startsWith("-ERR ");
            assertThat(kinds).containsExactly(Failure.Kind.OVERLOADED, Failure.Kind.OVERLOADED);

            assertThat(holder.call("EXEC")).isEqualTo("*[]");
            assertThat(client.call("EXEC")).startsWith("-EXECABORT ");
            server.kill();
            Awaitility.await()
                    .until(() -> client.call("BLPOP", "k", "0").startsWith("-ERR ")
                            && kinds.get(kinds.size() - 1) == Failure.Kind.UNAVAILABLE);
        }
    }

    @Test
    void aTransactionBehindAWatchThatATransformRefusedIsNotCarriedOut() throws Exception {
        try (RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .serve(Chain.named("refusing")
                                .then((request, next) -> ((RespMessage) request).argumentIs(0, "WATCH")
                                        ? Reply.failed(new Failure(Failure.Kind.OVERLOADED, "too much"))
                                        : next.send(request))
                                .to(sink));
                RawClient client = client(listener)) {
            String transaction =
                    RawClient.request("MULTI") + RawClient.request("SET", "k", "v") + RawClient.request("EXEC");
            client.write(RawClient.request("WATCH", "k") + transaction + transaction);
            assertThat(client.reply()).isEqualTo("-ERR too much");
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("+QUEUED");
            assertThat(client.reply()).startsWith("-EXECABORT ");
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("+QUEUED");
            assertThat(client.reply()).isEqualTo("*[+OK]");
        }
    }

    private static RawClient client(Listener listener) throws IOException {
        return new RawClient("127.0.0.1", listener.port());
    }
}
