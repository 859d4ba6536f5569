package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Failure;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollapseTest {
    private static final String GET = "GET k\r\n";
    private static final String SET = "SET k v\r\n";
    private static final String OK = "+OK\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain() {
        return chain(Collapse.create());
    }

    private ChainTester chain(Collapse collapse) {
        ChainTester chain = RespChain.of(time, collapse);
        chain.client(); // connects before any other
        return chain;
    }

    private static double count(ChainTester chain, String name) {
        return chain.meters().get("kawarau.collapse." + name).functionCounter().count();
    }

    /** The client's read waits for one that is under way. */
    private static void joins(ChainTester chain, TestClient client, String read) {
        double before = count(chain, "joined");
        client.send(read);
        await().until(() -> count(chain, "joined") == before + 1);
    }

    /** The client's request reaches the database by itself. */
    private static Arrival goesAlone(ChainTester chain, TestClient client, String request) {
        double before = count(chain, "joined");
        client.send(request);
        Arrival arrival = chain.sink().next();
        assertThat(arrival.operation()).startsWith(request.split("[ \r]")[0]);
        assertThat(count(chain, "joined")).isEqualTo(before);
        return arrival;
    }

    private static void answered(Arrival arrival, TestClient client) {
        arrival.answer(RespChain.OK);
        client.expect(OK);
    }

    @Test
    void whatIsAskedAtTheSameTimeIsAskedOnceAndAnsweredToAll() {
        try (ChainTester chain = chain()) {
            Arrival asked = goesAlone(chain, chain.client(), GET);
            TestClient second = chain.connect();
            TestClient third = chain.connect();
            joins(chain, second, GET);
            joins(chain, third, GET);

            asked.answer(RespMessage.error("WRONGTYPE no"));

            for (TestClient client : new TestClient[] {chain.client(), second, third}) {
                client.expect("-WRONGTYPE no\r\n");
            }
            assertThat(chain.sink().arrivals()).hasSize(1);
            assertThat(count(chain, "led")).isEqualTo(1);
            answered(goesAlone(chain, second, GET), second);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET k|GET l",
                "GET k|STRLEN k",
                "HGET k a|HGET k b",
                "LRANGE k 0 1|LRANGE k 0 2",
                "MGET k l|MGET k"
            })
    void whatAsksForSomethingElseIsAskedToo(String one, String other) {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), one + "\r\n");
            answered(goesAlone(chain, second, other + "\r\n"), second);
            answered(first, chain.client());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SRANDMEMBER k", "HRANDFIELD k", "XREAD BLOCK 0 STREAMS k 0", "SET k v", "GETSET k v", "DBSIZE"})
    void whatMayNotBeSharedIsNot(String request) {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), request + "\r\n");
            answered(goesAlone(chain, second, request + "\r\n"), second);
            answered(first, chain.client());
            assertThat(count(chain, "led")).isZero();
        }
    }

    // --- writes

    @Test
    void aReadBehindAWriteThatWasAcknowledgedIsNotAnsweredAsOfBeforeIt() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival old = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, SET), second);

            Arrival fresh = goesAlone(chain, second, GET);

            TestClient third = chain.connect();
            joins(chain, third, GET);
            answered(fresh, second);
            third.expect(OK);
            answered(old, chain.client());
        }
    }

    @Test
    void nothingIsSharedWhileAWriteOfTheKeyIsUnderWay() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            TestClient writer = chain.connect();
            Arrival set = goesAlone(chain, writer, SET);
            Arrival first = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, GET), second);
            answered(set, writer);
            // It may have been carried out before the write.
            answered(goesAlone(chain, second, GET), second);
            answered(first, chain.client());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLUSHALL", "NOBODY knows", "SCRIPT FLUSH"})
    void whatMayWriteAnyKeyKeepsAllFromBeingShared(String request) {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            TestClient writer = chain.connect();
            Arrival old = goesAlone(chain, chain.client(), GET);
            Arrival any = goesAlone(chain, writer, request + "\r\n");
            answered(goesAlone(chain, second, GET), second);
            answered(any, writer);
            answered(goesAlone(chain, second, GET), second);
            answered(old, chain.client());
        }
    }

    @Test
    void aTransactionWritesWhenItIsCarriedOut() {
        try (ChainTester chain = chain()) {
            TestClient writer = chain.connect();
            answered(goesAlone(chain, writer, "MULTI\r\n"), writer);
            answered(goesAlone(chain, writer, SET), writer);
            Arrival exec = goesAlone(chain, writer, "EXEC\r\n");
            Arrival first = goesAlone(chain, chain.client(), GET);
            TestClient second = chain.connect();
            answered(goesAlone(chain, second, GET), second);
            answered(exec, writer);
            answered(first, chain.client());
        }
    }

    @Test
    void writesOfOtherKeysChangeNothing() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            Arrival other = goesAlone(chain, chain.connect(), "SET another v\r\n");
            joins(chain, second, GET);
            other.answer(RespChain.OK);
            answered(first, chain.client());
            second.expect(OK);
        }
    }

    @Test
    void aWriteWhoseOutcomeNobodyKnowsMayHappenForAWhile() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            goesAlone(chain, second, SET).fail(new Failure(Failure.Kind.TIMEOUT, "silent", true, null));
            second.expect("-ERR silent\r\n");

            Arrival first = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, GET), second);
            answered(first, chain.client());

            time.pass(Duration.ofSeconds(30));
            Arrival later = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            answered(later, chain.client());
            second.expect(OK);
        }
    }

    @Test
    void aWriteThatCertainlyDidNothingChangesNothingAnyMore() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            goesAlone(chain, second, SET).fail(new Failure(Failure.Kind.UNAVAILABLE, "away"));
            second.expect("-ERR away\r\n");
            Arrival first = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            answered(first, chain.client());
            second.expect(OK);
        }
    }

    // --- sessions

    @Test
    void aReadIsNotAnsweredAsOfBeforeWhatItsSessionAskedEarlier() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            second.send("GET other\r\n" + GET);
            Arrival other = chain.sink().next();
            Arrival alone = chain.sink().next();
            assertThat(alone.operation()).isEqualTo("GET");
            alone.answer(RespChain.OK);
            other.answer(RespChain.OK);
            second.expect(OK + OK);
            answered(first, chain.client());
            assertThat(count(chain, "joined")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "CLIENT SETNAME me", "HELLO 3"})
    void nothingIsSharedWhileTheSessionsStateMayChange(String change) {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            Arrival changing = goesAlone(chain, second, change + "\r\n");
            second.send(GET);
            Arrival behind = chain.sink().next();
            changing.answer(RespChain.OK);
            behind.answer(RespChain.OK);
            second.expect(OK + OK);
            assertThat(count(chain, "led")).isEqualTo(1);
            answered(first, chain.client());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTH someone secret", "CLIENT TRACKING ON", "CLIENT CACHING YES", "CLIENT NO-TOUCH ON"})
    void forASessionThatTheDatabaseKnowsEveryReadIsItsOwn(String command) {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            answered(goesAlone(chain, second, command + "\r\n"), second);
            Arrival first = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, GET), second);
            answered(first, chain.client());
        }
    }

    @Test
    void inATransactionNothingIsShared() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            answered(goesAlone(chain, second, "WATCH w\r\n"), second);
            Arrival first = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, GET), second);
            answered(first, chain.client());
        }
    }

    @Test
    void onlyTheReadsThatAreWantedAreShared() {
        try (ChainTester chain =
                chain(Collapse.of(request -> request.query().operation().equals("HGETALL")))) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            answered(goesAlone(chain, second, GET), second);
            answered(first, chain.client());
            Arrival all = goesAlone(chain, chain.client(), "HGETALL k\r\n");
            joins(chain, second, "HGETALL k\r\n");
            answered(all, chain.client());
            second.expect(OK);
        }
    }

    @Test
    void chainsWithOneCollapseShareNoReads() {
        Collapse one = Collapse.create();
        try (ChainTester here = chain(one);
                ChainTester there = chain(one)) {
            Arrival first = goesAlone(here, here.client(), GET);
            answered(goesAlone(there, there.client(), GET), there.client());
            answered(first, here.client());
        }
    }

    @Test
    void aWriteThroughOneChainIsSeenByTheOther() {
        Collapse one = Collapse.create();
        try (ChainTester here = chain(one);
                ChainTester there = chain(one)) {
            Arrival old = goesAlone(here, here.client(), GET);
            answered(goesAlone(there, there.client(), SET), there.client());
            TestClient second = here.connect();
            answered(goesAlone(here, second, GET), second);
            answered(old, here.client());
        }
    }

    // --- failures

    @Test
    void whatFailsFailsForAll() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            first.fail(new Failure(Failure.Kind.UNAVAILABLE, "the database is away"));
            chain.client().expect("-ERR the database is away\r\n");
            second.expect("-ERR the database is away\r\n");
            answered(goesAlone(chain, second, GET), second);
        }
    }

    @Test
    void ifWhoeverAskedFirstIsGoneTheOthersAskThemselves() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            TestClient third = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            joins(chain, third, GET);
            chain.client().close();
            time.settle();
            first.fail(new Failure(Failure.Kind.UNAVAILABLE, "the client left"));

            Arrival own = chain.sink().next();
            Arrival another = chain.sink().next();
            own.answer(RespChain.OK);
            another.answer(RespChain.OK);
            second.expect(OK);
            third.expect(OK);
            assertThat(count(chain, "resent")).isEqualTo(2);
        }
    }

    @Test
    void aReadThatIsLeftAloneIsNotSentBehindAWriteThatCameAfterIt() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            Arrival write = goesAlone(chain, second, SET);
            chain.client().close();
            time.settle();
            first.fail(new Failure(Failure.Kind.UNAVAILABLE, "the client left"));
            write.answer(RespChain.OK);

            second.expect("-ERR the read that this one waited for has no answer; try again\r\n" + OK);
            assertThat(count(chain, "resent")).isZero();
        }
    }

    @Test
    void aClientThatLeavesWhileItWaitsIsMissedByNobody() {
        try (ChainTester chain = chain()) {
            TestClient second = chain.connect();
            Arrival first = goesAlone(chain, chain.client(), GET);
            joins(chain, second, GET);
            second.close();
            time.settle();
            answered(first, chain.client());
        }
    }
}
