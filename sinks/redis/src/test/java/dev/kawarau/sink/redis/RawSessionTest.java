package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may say on the wire beyond what the libraries say, byte for byte as Redis answers it. */
class RawSessionTest extends EndpointTest {
    @Test
    void inlineCommandsMixWithFramedOnes() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write(
                    "PING\r\nset inline:k \"a b\"\r\n" + RawClient.request("GET", "inline:k") + "\r\nECHO 'x y'\n");
            assertThat(client.reply()).isEqualTo("+PONG");
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("$a b");
            assertThat(client.reply()).isEqualTo("$x y");
        }
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        try (RawClient client = endpoint.raw()) {
            String requests = RawClient.request("SET", "bytewise", "v\r\n") + RawClient.request("GET", "bytewise");
            for (int i = 0; i < requests.length(); i++) {
                client.write(requests.substring(i, i + 1));
            }
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.reply()).isEqualTo("$v\r\n");
        }
    }

    @Test
    void tenThousandRequestsInOneWriteAreAnsweredInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            requests.append(RawClient.request("ECHO", "n" + i));
        }
        try (RawClient client = endpoint.raw()) {
            client.write(requests.toString());
            for (int i = 0; i < 10_000; i++) {
                assertThat(client.reply()).isEqualTo("$n" + i);
            }
        }
    }

    @Test
    void resetMakesTheServerAnswerAgain() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("HELLO", "3")).startsWith("%[");
            client.send("CLIENT", "REPLY", "OFF");
            client.send("ECHO", "unheard");
            assertThat(client.call("RESET")).isEqualTo("+RESET");
            assertThat(client.call("GET", "reset:none")).isEqualTo("$nil");
            assertThat(client.call("CLIENT", "SETNAME", "reset-name")).isEqualTo("+OK");
            assertThat(client.call("QUIT")).isEqualTo("+OK");
        }
    }

    @Test
    void aResetThatIsSkippedGoesUnanswered() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.send("CLIENT", "REPLY", "SKIP");
            client.send("RESET");
            assertThat(client.call("ECHO", "heard")).isEqualTo("$heard");
        }
    }

    @Test
    void helloSwitchesTheTypesOfReplies() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.call("HSET", "hello:h", "f", "v");
            assertThat(client.call("HGETALL", "hello:h")).isEqualTo("*[$f, $v]");
            assertThat(client.call("HELLO", "3")).startsWith("%[").contains("$proto, :3");
            assertThat(client.call("HGETALL", "hello:h")).isEqualTo("%[$f, $v]");
            assertThat(client.call("GET", "hello:none")).isEqualTo("_");
            assertThat(client.call("HELLO", "2")).startsWith("*[").contains("$proto, :2");
            assertThat(client.call("GET", "hello:none")).isEqualTo("$nil");
        }
    }

    @Test
    void twoSessionsOfDifferentVersionsEachGetTheirOwnTypes() throws IOException {
        try (RawClient old = endpoint.raw();
                RawClient modern = endpoint.raw()) {
            modern.call("HELLO", "3");
            modern.call("SADD", "versions:s", "m");
            for (int i = 0; i < 100; i++) {
                assertThat(old.call("SMEMBERS", "versions:s")).isEqualTo("*[$m]");
                assertThat(modern.call("SMEMBERS", "versions:s")).isEqualTo("~[$m]");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return {double=1.5}|,1.5",
                "return true|#t",
                "return {map={a=1}}|%[$a, :1]",
                "return {set={a=true}}|~[$a]",
                "return {big_number='123456789012345678901234567890'}|(123456789012345678901234567890",
                "return {verbatim_string={string='some text',format='txt'}}|=txt:some text",
                "return {1,{2,{3,{}}}}|*[:1, *[:2, *[:3, *[]]]]",
                "return nil|_"
            })
    void everyTypeOfResp3ComesThrough(String script, String reply) throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.call("HELLO", "3");
            assertThat(client.call("EVAL", "redis.setresp(3); " + script, "0")).isEqualTo(reply);
        }
    }

    @Test
    void helloWithAVersionThatNobodySpeaksIsRefusedAndTheSessionGoesOn() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("HELLO", "9")).startsWith("-NOPROTO");
            assertThat(client.call("HELLO", "three")).startsWith("-ERR");
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void helloMaySetTheName() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("HELLO", "3", "SETNAME", "by-hello")).startsWith("%[");
            assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$by-hello");
        }
    }

    @Test
    void clientReplyOffIsSilentUntilOn() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.send("CLIENT", "REPLY", "OFF");
            client.send("SET", "quiet:off", "1");
            client.send("NONSENSE");
            client.send("CLIENT", "REPLY", "ON");
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.call("GET", "quiet:off")).isEqualTo("$1");
        }
    }

    @Test
    void clientReplySkipSilencesOneReply() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write(RawClient.request("CLIENT", "REPLY", "SKIP")
                    + RawClient.request("INCR", "quiet:skip")
                    + RawClient.request("INCR", "quiet:skip"));
            assertThat(client.reply()).isEqualTo(":2");
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void resetMakesTheSessionANewOne() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.call("HELLO", "3", "SETNAME", "to-be-reset");
            client.call("SET", "reset:k", "zero");
            client.call("SELECT", "4");
            client.call("SET", "reset:k", "four");
            client.call("MULTI");
            assertThat(client.call("RESET")).isEqualTo("+RESET");
            assertThat(client.call("GET", "reset:k")).isEqualTo("$zero");
            assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$nil");
            assertThat(client.call("HGETALL", "reset:none")).isEqualTo("*[]");
            assertThat(client.call("EXEC")).isEqualTo("-ERR EXEC without MULTI");
        }
    }

    @Test
    void resetLeavesSubscriptions() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("SUBSCRIBE", "reset:c")).isEqualTo("*[$subscribe, $reset:c, :1]");
            assertThat(client.call("RESET")).isEqualTo("+RESET");
            assertThat(client.call("PUBLISH", "reset:c", "unheard")).isEqualTo(":0");
        }
    }

    @Test
    void aSubscribedResp2SessionTakesNoOtherCommands() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("SUBSCRIBE", "only:a")).isEqualTo("*[$subscribe, $only:a, :1]");
            assertThat(client.call("GET", "k")).startsWith("-ERR Can't execute 'get'");
            assertThat(client.call("PING")).isEqualTo("*[$pong, $]");
            assertThat(client.call("UNSUBSCRIBE")).isEqualTo("*[$unsubscribe, $only:a, :0]");
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void unsubscribeWithoutSubscriptionsIsAnswered() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("UNSUBSCRIBE")).isEqualTo("*[$unsubscribe, $nil, :0]");
            assertThat(client.call("PUNSUBSCRIBE", "x*")).isEqualTo("*[$punsubscribe, $x*, :0]");
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void severalChannelsInOneSubscribeAreConfirmedOneByOneAheadOfTheNextReply() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write(RawClient.request("SUBSCRIBE", "multi:a", "multi:b") + RawClient.request("PING", "x"));
            assertThat(client.reply()).isEqualTo("*[$subscribe, $multi:a, :1]");
            assertThat(client.reply()).isEqualTo("*[$subscribe, $multi:b, :2]");
            assertThat(client.reply()).isEqualTo("*[$pong, $x]");
        }
    }

    @Test
    void quitIsAnsweredAndClosed() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("QUIT")).isEqualTo("+OK");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1\r\n!4\r\nPING\r\n", "*9999999999\r\n", "*1\r\n$-1\r\n", "*1\r\n$99999999999\r\n"})
    void malformedBytesAreAnsweredWithAProtocolErrorAndClosed(String malformed) throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write(RawClient.request("PING") + malformed);
            assertThat(client.reply()).isEqualTo("+PONG");
            assertThat(client.reply()).startsWith("-ERR Protocol error");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void countsBelowOneAndEmptyLinesAreNoCommands() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write("*0\r\n*-1\r\n\r\n" + RawClient.request("ECHO", "first"));
            assertThat(client.reply()).isEqualTo("$first");
        }
    }

    @Test
    void monitorShowsWhatOthersDo() throws IOException {
        try (RawClient monitor = endpoint.raw();
                RawClient other = endpoint.raw()) {
            assertThat(monitor.call("MONITOR")).isEqualTo("+OK");
            other.call("SET", "monitored", "value");
            String line = monitor.reply();
            while (!line.contains("monitored")) {
                line = monitor.reply();
            }
            assertThat(line).startsWith("+").endsWith("\"SET\" \"monitored\" \"value\"");
        }
    }

    @Test
    void aBlockedClientThatGoesAwayTakesNothing() throws IOException {
        try (RawClient other = endpoint.raw()) {
            try (RawClient blocked = endpoint.raw()) {
                blocked.send("BLPOP", "gone:list", "0");
                awaitBlockedClients(1);
            }
            awaitBlockedClients(0);
            assertThat(other.call("RPUSH", "gone:list", "v")).isEqualTo(":1");
            assertThat(other.call("LPOP", "gone:list")).isEqualTo("$v");
        }
    }

    @Test
    void requestsBehindABlockingOneAreAnsweredAfterIt() throws IOException {
        try (RawClient blocked = endpoint.raw();
                RawClient other = endpoint.raw()) {
            blocked.write(RawClient.request("BLPOP", "behind:list", "0") + RawClient.request("ECHO", "after"));
            awaitBlockedClients(1);
            other.call("RPUSH", "behind:list", "v");
            assertThat(blocked.reply()).isEqualTo("*[$behind:list, $v]");
            assertThat(blocked.reply()).isEqualTo("$after");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"MULTI", "SELECT 3", "WATCH left:k", "CLIENT REPLY OFF", "SUBSCRIBE left:c", "HELLO 3", "MONITOR"
            })
    void whatASessionLeavesBehindDoesNotReachTheNext(String state) throws IOException {
        for (int round = 0; round < 5; round++) {
            try (RawClient leaver = endpoint.raw()) {
                leaver.call("SET", "left:k", "v");
                leaver.write(state + "\r\nPING\r\n");
                if (!state.endsWith("OFF")) {
                    leaver.reply();
                }
            }
            try (RawClient next = endpoint.raw()) {
                assertThat(next.call("GET", "left:k")).isEqualTo("$v");
                assertThat(next.call("GET", "left:none")).isEqualTo("$nil");
                assertThat(next.call("SET", "left:k", "w")).isEqualTo("+OK");
                assertThat(next.call("MULTI")).isEqualTo("+OK");
                assertThat(next.call("GET", "left:k")).isEqualTo("+QUEUED");
                assertThat(next.call("EXEC")).isEqualTo("*[$w]");
            }
        }
    }

    @Test
    void theSubscriptionsOfAClosedSessionEnd() throws IOException {
        try (RawClient other = endpoint.raw()) {
            try (RawClient subscriber = endpoint.raw()) {
                subscriber.call("SUBSCRIBE", "ended:c");
                assertThat(other.call("PUBSUB", "NUMSUB", "ended:c")).isEqualTo("*[$ended:c, :1]");
            }
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> other.call("PUBLISH", "ended:c", "m").equals(":0"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"NOSUCH", "FOO.BAR a b", "CLIENT NOSUCH", "GET", "SET k v NX XX", "XREAD COUNT 1", "EVAL x 7"})
    void whatTheServerRefusesIsRefusedInItsOwnWords(String command) throws IOException {
        try (RawClient direct = new RawClient("127.0.0.1", server.port());
                RawClient client = endpoint.raw()) {
            String refusal = direct.call(command.split(" "));
            assertThat(refusal).startsWith("-ERR ");
            assertThat(client.call(command.split(" "))).isEqualTo(refusal);
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYNC", "PSYNC ? -1", "REPLCONF ACK 0", "REPLCONF GETACK *"})
    void aReplicationStreamIsRefusedByTheProxy(String command) throws IOException {
        if (mode != EndpointMode.DIRECT) {
            try (RawClient client = endpoint.raw()) {
                assertThat(client.call(command.split(" "))).startsWith("-ERR ").contains("replication stream");
                assertThat(client.call("PING")).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void aTransactionWithABadCommandIsAborted() throws IOException {
        try (RawClient client = endpoint.raw()) {
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("SET", "abort:k", "v")).isEqualTo("+QUEUED");
            assertThat(client.call("GET")).startsWith("-ERR wrong number of arguments");
            assertThat(client.call("EXEC")).startsWith("-EXECABORT");
            assertThat(client.call("EXISTS", "abort:k")).isEqualTo(":0");
        }
    }

    @Test
    void aWholeTransactionMayBePipelined() throws IOException {
        try (RawClient client = endpoint.raw()) {
            client.write(RawClient.request("MULTI")
                    + RawClient.request("INCR", "piped:k")
                    + RawClient.request("LPUSH", "piped:k", "x")
                    + RawClient.request("BLPOP", "piped:none", "0")
                    + RawClient.request("EXEC")
                    + RawClient.request("GET", "piped:k"));
            assertThat(client.reply()).isEqualTo("+OK");
            for (int i = 0; i < 3; i++) {
                assertThat(client.reply()).isEqualTo("+QUEUED");
            }
            assertThat(client.reply()).startsWith("*[:1, -WRONGTYPE ").endsWith(", *nil]");
            assertThat(client.reply()).isEqualTo("$1");
        }
    }
}
