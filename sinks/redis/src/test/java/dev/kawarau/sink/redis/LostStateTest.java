package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was sent behind a command about the connection itself counts on it: no such request is carried out without it. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@EnumSource(value = EndpointMode.class, mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class LostStateTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final RedisServer server = RedisServer.start();

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private EndpointMode mode;

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void aTransactionBehindAWatchThatWasNotSentIsNotCarriedOut() throws Exception {
        server.kill();
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("WATCH", "k")).startsWith("-ERR ");
            server.restart();
            awaitService(client);
            assertThat(transaction(client, "unguarded")).startsWith("-EXECABORT ");
            assertThat(client.call("EXISTS", "k")).isEqualTo(":0");
            assertThat(transaction(client, "again")).as("it was told").isEqualTo("*[+OK]");
        }
    }

    @Test
    void aTransactionBehindAWatchWhoseAnswerWasLostIsNotCarriedOut() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            awaitService(client);
            loseReplyTo(client, "WATCH", "k");
            server.restart();
            awaitService(client);
            assertThat(transaction(client, "unguarded")).startsWith("-EXECABORT ");
        }
    }

    @Test
    void anUnwatchMakesUpForAWatchThatWasNotSent() throws Exception {
        server.kill();
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("WATCH", "k")).startsWith("-ERR ");
            server.restart();
            awaitService(client);
            assertThat(client.call("UNWATCH")).isEqualTo("+OK");
            assertThat(transaction(client, "v")).isEqualTo("*[+OK]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXEC", "DISCARD"})
    void anEndWithoutABeginningDoesNotEndAWatchThatWasLost(String end) throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("WATCH", "k")).isEqualTo("+OK");
            server.restart();
            awaitService(client);
            assertThat(client.call(end)).startsWith("-ERR " + end + " without MULTI");
            assertThat(transaction(client, "unguarded")).isEqualTo("*nil");
        }
    }

    @Test
    void aTransactionThatWasLostIsNotTakenForANewOneByANestedMulti() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw();
                RawClient other = endpoint.raw()) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            server.restart();
            awaitService(other);
            assertThat(client.call("MULTI")).startsWith("-ERR ");
            assertThat(client.call("SET", "k", "half")).startsWith("-ERR ");
            assertThat(client.call("EXEC")).startsWith("-EXECABORT ");
            assertThat(client.call("EXISTS", "k")).isEqualTo(":0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 3", "AUTH user password", "HELLO 3 AUTH user password", "RESET", "CLIENT REPLY ON"})
    void aSessionEndsWithACommandThatOthersCountOn(String command) throws Exception {
        server.kill();
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            client.write(RawClient.request(command.split(" ")) + RawClient.request("SET", "k", "elsewhere"));
            assertThat(client.reply()).startsWith("-ERR ");
            assertNothingIsCarriedOut(client);
        }
    }

    @Test
    void aSessionEndsWithAResetOfATransactionThatWasLost() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            loseReplyTo(client, "RESET");
            assertNothingIsCarriedOut(client);
        }
    }

    @Test
    void aSelectOfTheDatabaseThatIsSelectedChangesNothingWhenItIsLost() throws Exception {
        server.kill();
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("SELECT", "0")).startsWith("-ERR ");
            server.restart();
            awaitService(client);
        }
    }

    @Test
    void aSelectThatIsLostOnItsWayBackEndsTheSession() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            loseReplyTo(client, "SELECT", "0");
            assertNothingIsCarriedOut(client);
        }
    }

    @Test
    void aSessionEndsWithATransactionThatMayHaveSelectedAnotherDatabase() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), Endpoint.PATIENCE);
                RawClient client = endpoint.raw()) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SELECT", "3")).isEqualTo("+QUEUED");
            loseReplyTo(client, "EXEC");
            assertNothingIsCarriedOut(client);
        }
    }

    @Test
    void aDatabaseThatTheServerDoesNotLetTheSessionBackIntoIsNotTakenForAnother() throws Exception {
        try (Endpoint endpoint = mode.before(server.uri(), TIMEOUT);
                RawClient client = endpoint.raw();
                RawClient other = endpoint.raw()) {
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            server.restart();
            awaitService(other);
            assertThat(other.call("ACL", "SETUSER", "default", "-select")).isEqualTo("+OK");
            assertThat(client.call("SET", "k", "elsewhere")).startsWith("-ERR ").contains("was not sent");
            assertThat(other.call("EXISTS", "k")).isEqualTo(":0");
            assertThat(other.call("ACL", "SETUSER", "default", "+select")).isEqualTo("+OK");
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> client.call("SET", "k", "v").equals("+OK"));
            assertThat(other.call("EXISTS", "k")).isEqualTo(":0");
        }
    }

    /** The request is sent, and its connection is gone before an answer is there. */
    private void loseReplyTo(RawClient client, String... request) throws Exception {
        server.pause();
        client.send(request);
        server.kill();
        assertThat(client.reply()).startsWith("-ERR ");
    }

    private static void assertNothingIsCarriedOut(RawClient client) throws Exception {
        for (int next = client.input().read(); next >= 0; next = client.input().read()) {
            assertThat((char) next).as("an error, or nothing").isEqualTo('-');
            client.line();
        }
    }

    private static String transaction(RawClient client, String value) throws Exception {
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        assertThat(client.call("SET", "k", value)).isEqualTo("+QUEUED");
        return client.call("EXEC");
    }

    private static void awaitService(RawClient client) {
        Awaitility.await()
                .atMost(Endpoint.PATIENCE)
                .until(() -> client.call("ECHO", "served").equals("$served"));
    }
}
