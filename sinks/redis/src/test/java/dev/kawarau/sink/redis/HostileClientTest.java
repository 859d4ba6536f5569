package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Budget;
import dev.kawarau.ListenerBuilder.Overflow;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that want no service but harm, and one that wants service in the meantime. */
class HostileClientTest {
    private static RedisServer server;

    private final Budget budget = Budget.ofBytes(16 << 20);
    private final List<Closeable> opened = new ArrayList<>();
    private long directBefore;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void measure() {
        directBefore = DirectMemory.used();
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Closeable each : opened) {
            each.close();
        }
        await().until(() -> budget.usedBytes() == 0 && budget.requestsInFlight() == 0);
    }

    private Proxy proxy(Duration frameTimeout) {
        return Proxy.before(server.uri(), listener -> listener.budget(budget).frameTimeout(frameTimeout));
    }

    private RawClient open(Proxy proxy) throws IOException {
        RawClient client = proxy.raw();
        opened.add(client);
        return client;
    }

    private static void assertIsServed(RawClient client) throws IOException {
        assertThat(client.call("ECHO", "served")).isEqualTo("$served");
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("ECHO", "too")).isEqualTo("+QUEUED");
        assertThat(client.call("EXEC")).isEqualTo("*[$too]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1048577\r\n",
                "*2147483648\r\n",
                "*99999999999999999999\r\n",
                "*+1\r\n",
                "*01\r\n",
                "*1\r\n*1\r\n*1\r\n*1\r\n",
                "*1\r\n$536870913\r\n",
                "*1\r\n$4294967300\r\nPING\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n$04\r\nPING\r\n",
                "*1\r\n$4\r\nPINGxx",
                "*2\r\n$4\r\nECHO\r\n:1\r\n",
                "GET \"unbalanced\r\n",
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000000\r\n"
            })
    void whatIsNoRequestIsToldSoAndEndsTheConnectionOnly(String bytes) throws IOException {
        try (Proxy proxy = proxy(Duration.ofSeconds(30))) {
            RawClient served = open(proxy);
            for (int i = 0; i < 20; i++) {
                RawClient hostile = open(proxy);
                hostile.write("*2\r\n$4\r\nECHO\r\n$1\r\na\r\n" + bytes);
                assertThat(hostile.reply()).isEqualTo("$a");
                assertThat(hostile.reply()).startsWith("-ERR Protocol error: ");
                assertThat(hostile.isAtEnd()).isTrue();
                assertIsServed(served);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1000000\r\n",
                "*2\r\n$536870912\r\n",
                "*1000000\r\n$3\r\nDEL\r\n$500000000\r\nabc",
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nabc",
                "GET half",
                "*",
                "*2\r\n$4\r\nEC"
            })
    void whatIsAnnouncedAndDoesNotComeTakesNoMemoryAndEndsInTime(String bytes) throws IOException {
        try (Proxy proxy = proxy(Duration.ofMillis(400))) {
            RawClient served = open(proxy);
            List<RawClient> halves = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                RawClient half = open(proxy);
                half.write(bytes);
                halves.add(half);
            }
            assertIsServed(served);
            assertThat(budget.usedBytes()).isLessThan(1 << 20);
            assertThat(DirectMemory.used() - directBefore).isLessThan(64 << 20);
            for (RawClient half : halves) {
                assertThat(half.reply()).isEqualTo("-ERR the rest of the request did not come in time");
                assertThat(half.isAtEnd()).isTrue();
            }
            assertIsServed(served);
        }
    }

    @Test
    void aLineWithoutEndIsCutOff() throws IOException {
        try (Proxy proxy = proxy(Duration.ofSeconds(30))) {
            RawClient served = open(proxy);
            RawClient hostile = open(proxy);
            // The connection may end before all of it is written.
            try {
                hostile.write("x".repeat(1 << 20));
                assertThat(hostile.reply()).isEqualTo("-ERR Protocol error: too big inline request");
            } catch (IOException closed) {
                assertThat(closed).hasMessageMatching("(?i).*(reset|broken pipe).*");
            }
            assertIsServed(served);
        }
    }

    @Test
    void requestsThatComeByteByByteHoldUpNobody() throws IOException {
        try (Proxy proxy = proxy(Duration.ofSeconds(30))) {
            RawClient served = open(proxy);
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                slow.add(open(proxy));
            }
            String request = RawClient.request("ECHO", "slow");
            for (int at = 0; at < request.length(); at++) {
                for (RawClient client : slow) {
                    client.write(request.substring(at, at + 1));
                }
                assertIsServed(served);
            }
            for (RawClient client : slow) {
                assertThat(client.reply()).isEqualTo("$slow");
            }
        }
    }

    @Test
    void strangersMaySendNextToNothing() throws IOException {
        RespUsers users = RespUsers.of(RespUser.named("default").password("secret"));
        try (Proxy proxy =
                Proxy.before(server.uri(), listener -> listener.budget(budget).users(users))) {
            List<RawClient> strangers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                RawClient stranger = open(proxy);
                stranger.write("*2\r\n$4\r\nAUTH\r\n$536870912\r\n" + "x".repeat(100_000));
                strangers.add(stranger);
            }
            RawClient served = open(proxy);
            assertThat(served.call("AUTH", "secret")).isEqualTo("+OK");
            assertIsServed(served);
            for (RawClient stranger : strangers) {
                assertThat(endOf(stranger, "x".repeat(100_000)))
                        .isIn("-ERR Protocol error: unauthenticated bulk length", "reset");
            }
            RawClient many = open(proxy);
            many.write("*11\r\n" + "$1\r\na\r\n".repeat(11));
            assertThat(many.reply()).isEqualTo("-ERR Protocol error: unauthenticated multibulk length");
            assertIsServed(served);
        }
    }

    @ParameterizedTest
    @CsvSource({"REFUSE, false", "REFUSE, true", "WAIT, false"})
    void connectionsBeyondTheLimitDoNotKeepTheOthersFromService(Overflow overflow, boolean speaking)
            throws IOException {
        try (Proxy proxy =
                Proxy.before(server.uri(), listener -> listener.budget(budget).maxConnections(20, overflow))) {
            List<RawClient> admitted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                admitted.add(open(proxy));
                assertIsServed(admitted.get(i));
            }
            List<RawClient> flood = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                RawClient client = open(proxy);
                if (speaking) {
                    client.write(RawClient.request("ECHO", "flood"));
                }
                flood.add(client);
            }
            for (RawClient client : admitted) {
                assertIsServed(client);
            }
            if (overflow == Overflow.REFUSE) {
                for (RawClient client : flood) {
                    assertThat(endOf(client)).isIn("-ERR max number of clients reached", "reset");
                }
            }
            admitted.get(0).close();
            if (overflow == Overflow.REFUSE) {
                await().ignoreExceptions().until(() -> {
                    try (RawClient next = proxy.raw()) {
                        return next.call("PING").equals("+PONG");
                    }
                });
            } else {
                for (RawClient client : flood) {
                    client.write(RawClient.request("PING"));
                }
                for (RawClient client : admitted) {
                    client.close();
                }
                // Whose turn it is depends on the loop that each is on.
                await().until(() -> {
                    for (RawClient client : List.copyOf(flood)) {
                        if (client.input().available() > 0) {
                            assertThat(client.reply()).isEqualTo("+PONG");
                            client.close();
                            flood.remove(client);
                        }
                    }
                    return flood.isEmpty();
                });
            }
        }
    }

    /** A connection that is closed with bytes unread is reset, and what it was told may be lost. */
    private static String endOf(RawClient client) {
        return endOf(client, "");
    }

    private static String endOf(RawClient client, String lastBytes) {
        try {
            client.write(lastBytes);
            String words = client.reply();
            assertThat(client.isAtEnd()).isTrue();
            return words;
        } catch (IOException reset) {
            return "reset";
        }
    }
}
