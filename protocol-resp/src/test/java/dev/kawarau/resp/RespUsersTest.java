package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.testkit.ChainTester;
import java.util.Locale;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener with users lets through to its chain; what clients see of it is tested with the Redis sink. */
class RespUsersTest {
    private static final String NOAUTH = "-NOAUTH Authentication required.\r\n";
    private static final String NO_KEY =
            "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespUsers USERS = RespUsers.of(
            RespUser.named("all").password("secret"),
            RespUser.named("app").password("tea").password("milk").keys("app:*", "shared"),
            RespUser.named("reader").password("books").allow(Query.Kind.READ));

    private static ChainTester chain(RespUsers users, Transform... transforms) {
        ChainTester chain = ChainTester.of(
                (address, served) -> RespListener.on(address).users(users).serve(served), transforms);
        chain.sink().answers(OK);
        return chain;
    }

    @Test
    void nothingOfAStrangerReachesTheChain() {
        try (ChainTester chain = chain(USERS)) {
            chain.client()
                    .send("PING\r\nGET app:1\r\nMULTI\r\nEXEC\r\nSUBSCRIBE a\r\nCLIENT REPLY OFF\r\nNOSUCH\r\n")
                    .expect(NOAUTH.repeat(7))
                    .send("RESET\r\nQUIT\r\n")
                    .expect("+RESET\r\n+OK\r\n")
                    .expectEnd();

            assertThat(chain.sink().operations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH all secret",
                "HELLO 3 AUTH all secret",
                "HELLO 2 SETNAME me AUTH all secret",
                "hello 3 auth all secret setname me",
                "AUTH all wrong",
                "AUTH secret",
                "HELLO 3 AUTH all wrong",
                "HELLO 3 AUTH all secret AUTH all wrong",
                "HELLO 3 AUTH secret",
                "HELLO AUTH all secret",
                "HELLO 3 SETNAME me AUTH secret",
                "HELLO 3 AUTH all secret FOO",
                "AUTH all secret FOO"
            })
    void credentialsNeverReachTheChain(String words) {
        try (ChainTester chain = chain(USERS)) {
            chain.client().send("AUTH app tea\r\n").expect("+OK\r\n");
            chain.client().send(words + "\r\nQUIT\r\n");
            chain.client().receive(100_000);

            assertThat(chain.sink().arrivals())
                    .noneMatch(arrival -> arrival.text().contains("secret")
                            || arrival.text().contains("wrong")
                            || arrival.text().toUpperCase(Locale.ROOT).contains("AUTH"));
        }
    }

    @Test
    void aLoginHoldsFromTheNextRequestOnInOneWriteToo() {
        try (ChainTester chain = chain(USERS)) {
            chain.client()
                    .send("GET app:1\r\nAUTH app milk\r\nGET app:1\r\nGET other\r\nAUTH all secret\r\nGET other\r\n")
                    .expect(NOAUTH + "+OK\r\n+OK\r\n" + NO_KEY + "+OK\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("GET", "GET");
        }
    }

    @Test
    void aFailedLoginLeavesTheOldOne() {
        try (ChainTester chain = chain(USERS)) {
            chain.client()
                    .send("AUTH app tea\r\nAUTH all tea\r\nHELLO 3 AUTH all tea\r\nGET shared\r\nGET other\r\n")
                    .expect("+OK\r\n")
                    .expect("-WRONGPASS invalid username-password pair or user is disabled.\r\n".repeat(2))
                    .expect("+OK\r\n" + NO_KEY);
        }
    }

    @Test
    void resetLogsOutBeforeItsAnswerComesAndUndoesNoLaterLogin() {
        try (ChainTester chain = chain(USERS)) {
            chain.client().send("AUTH all secret\r\n").expect("+OK\r\n");
            chain.sink().holds();

            chain.client().send("RESET\r\nGET a\r\nAUTH app tea\r\n");
            chain.sink().next().answer(RespMessage.of(RespValue.simple("RESET")));
            chain.client().expect("+RESET\r\n" + NOAUTH + "+OK\r\n");

            chain.sink().answers(OK);
            chain.client().send("GET app:1\r\nGET a\r\n").expect("+OK\r\n" + NO_KEY);
        }
    }

    @Test
    void whoNeedsNoPasswordIsLoggedInFromTheBeginningAndAfterReset() {
        RespUsers users = RespUsers.of(
                RespUser.named("default").noPassword().allow(Query.Kind.READ),
                RespUser.named("all").password("secret"));
        try (ChainTester chain = chain(users)) {
            chain.client().send("GET a\r\nSET a b\r\nAUTH all secret\r\nSET a b\r\nRESET\r\nSET a b\r\nGET a\r\n");

            String refused = "-NOPERM this user has no permissions to run the 'set' command\r\n";
            chain.client().expect("+OK\r\n" + refused + "+OK\r\n+OK\r\n+OK\r\n" + refused + "+OK\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1\r\n$8\r\nCONFIG\0x\r\n",
                "*3\r\n$7\r\nCONFIG\0\r\n$3\r\nGET\r\n$1\r\n*\r\n",
                "*3\r\n$6\r\nCONFIG\r\n$4\r\nGET\0\r\n$1\r\n*\r\n",
                "*2\r\n$6\r\nCLIENT\r\n$6\r\nLIST\0a\r\n",
                "*1\r\n$9\r\nMONITOR\0\0\r\n",
                "*3\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$5\r\nAUTH\0\r\n"
            })
    void aNameThatEndsEarlyForTheServerReachesNobody(String request) {
        try (ChainTester chain = chain(RespUsers.of(RespUser.named("default").noPassword()))) {
            chain.client().send(request + "QUIT\r\n");

            assertThat(chain.client().receive(100_000)).startsWith("-").doesNotContain("\0");
            assertThat(chain.sink().operations()).isEmpty();
        }
    }

    @Test
    void anOptionThatEndsEarlyForTheServerIsThatOption() {
        try (ChainTester chain = chain(USERS)) {
            chain.client()
                    .send("AUTH app tea\r\n*4\r\n$4\r\nSORT\r\n$5\r\napp:1\r\n$7\r\nSTORE\0x\r\n$5\r\nother\r\n")
                    .expect("+OK\r\n" + NO_KEY)
                    .send("*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$6\r\nAUTH\0x\r\n$3\r\nall\r\n$6\r\nsecret\r\nGET other\r\n")
                    .expect("+OK\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("HELLO", "GET");
            assertThat(chain.sink().next().text()).isEqualTo("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n");
        }
    }

    @Test
    void aRefusalInATransactionAbortsItHoweverLongTheChainTakes() throws Exception {
        var executor = Executors.newSingleThreadExecutor();
        Transform slow = Transform.blocking(executor, (request, next) -> next.send(request));
        try (ChainTester chain = chain(USERS, slow)) {
            chain.client()
                    .send(
                            "AUTH app tea\r\nMULTI\r\nSET app:1 a\r\nSET other b\r\nEXEC\r\nMULTI\r\nSET app:1 a\r\nEXEC\r\n")
                    .expect("+OK\r\n+OK\r\n+OK\r\n" + NO_KEY)
                    .expect("-EXECABORT Transaction discarded because of previous errors.\r\n")
                    .expect("+OK\r\n+OK\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("MULTI", "SET", "DISCARD", "MULTI", "SET", "EXEC");
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aTransformsRefusalInATransactionAbortsItTooHoweverLongTheNextOneTakes() throws Exception {
        var executor = Executors.newSingleThreadExecutor();
        Transform readOnly = (request, next) -> request.query().kind() == Query.Kind.WRITE
                ? Reply.of(RespMessage.error("ERR no writes here"))
                : next.send(request);
        Transform slow = Transform.blocking(executor, (request, next) -> next.send(request));
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), readOnly, slow)) {
            chain.sink().answers(OK);
            chain.client()
                    .send("MULTI\r\nSET a b\r\nGETDEL c\r\nEXEC\r\n")
                    .expect("+OK\r\n-ERR no writes here\r\n+OK\r\n")
                    .expect("-EXECABORT Transaction discarded because of previous errors.\r\n");

            assertThat(chain.sink().operations()).containsExactly("MULTI", "GETDEL", "DISCARD");
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void noTransactionChangesTheUser() {
        String refused = "-ERR Command not allowed inside a transaction\r\n";
        try (ChainTester chain = chain(USERS)) {
            chain.client()
                    .send(
                            "AUTH app tea\r\nMULTI\r\nAUTH all secret\r\nHELLO 3 AUTH all secret\r\nGET other\r\nEXEC\r\n")
                    .expect("+OK\r\n+OK\r\n" + refused + refused + NO_KEY)
                    .expect("-EXECABORT Transaction discarded because of previous errors.\r\n");
        }
    }

    @Test
    void namesAndErrorsTellNoPassword() {
        assertThat(USERS + " " + RespUser.named("a").password("secret")).doesNotContain("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RespUsers.of(RespUser.named("a").password("secret"), RespUser.named("a")))
                .withMessage("user \"a\" is there twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RespUser.named("a").passwordSha256("secret"))
                .withMessage("user \"a\": a SHA-256 digest has 64 hexadecimal digits, this one has not");
    }

    @Test
    void aDigestAsInTheServersFilesIsAPassword() {
        String digest = "2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B";
        try (ChainTester chain = chain(RespUsers.of(RespUser.named("default").passwordSha256(digest)))) {
            chain.client().send("AUTH secret\r\nPING\r\nAUTH " + digest + "\r\n");
            chain.client().expect("+OK\r\n+OK\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        }
    }

    @Test
    void aStrangerMaySendLittle() {
        try (ChainTester chain = chain(USERS)) {
            chain.connect()
                    .send("*11\r\n" + "$1\r\na\r\n".repeat(11))
                    .expect("-ERR Protocol error: unauthenticated multibulk length\r\n")
                    .expectEnd();
            chain.connect()
                    .send("*2\r\n$4\r\nAUTH\r\n$1000000\r\n" + "x".repeat(170_000))
                    .expect("-ERR Protocol error: unauthenticated bulk length\r\n")
                    .expectEnd();
            chain.connect()
                    .send("AUTH all secret\r\n*12\r\n$4\r\nMGET\r\n" + "$1\r\na\r\n".repeat(11))
                    .expect("+OK\r\n+OK\r\n");
        }
    }

    @Test
    void anInlineRequestBeyondTheLimitsLeavesNothingBehind() {
        try (ChainTester chain = ChainTester.of((address, served) -> RespListener.on(address)
                .limits(RespLimits.DEFAULT.withMaxArguments(3))
                .serve(served))) {
            chain.client()
                    .send("MGET a b c\r\n")
                    .expect("-ERR Protocol error: invalid multibulk length\r\n")
                    .expectEnd();
        }
    }
}
