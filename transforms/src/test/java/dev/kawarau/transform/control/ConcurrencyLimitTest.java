package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.EventLoops;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private static final String OK = "+OK\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private static ConcurrencyLimit.Builder one() {
        return ConcurrencyLimit.to(1);
    }

    private static void awaitWaiting(ChainTester chain, int requests) {
        await().until(() -> gauge(chain, "waiting") == requests);
    }

    private static double gauge(ChainTester chain, String name) {
        return chain.meters().get("kawarau.concurrency." + name).gauge().value();
    }

    private static double refused(ChainTester chain) {
        return chain.meters()
                .get("kawarau.concurrency.refused")
                .functionCounter()
                .count();
    }

    @Test
    void nextComesWhoeverWaitedLongest() {
        try (ChainTester chain = RespChain.of(time, ConcurrencyLimit.of(1))) {
            chain.client().send("GET a\r\n");
            Arrival first = chain.sink().next();
            TestClient second = chain.connect().send("SET b 1\r\n");
            awaitWaiting(chain, 1);
            TestClient third = chain.connect().send("DEL c\r\n");
            awaitWaiting(chain, 2);
            assertThat(gauge(chain, "underway")).isEqualTo(1);

            first.answer(RespChain.OK);
            Arrival set = chain.sink().next();
            assertThat(set.operation()).isEqualTo("SET");
            assertThat(chain.sink().arrivals()).hasSize(2);
            set.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);

            chain.client().expect(OK);
            second.expect(OK);
            third.expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "DEL");
            await().until(() -> gauge(chain, "underway") == 0);
        }
    }

    @Test
    void aPipelineKeepsItsOrderAndTakesTurnsWithOthers() {
        try (ChainTester chain = RespChain.of(time, ConcurrencyLimit.of(1))) {
            chain.client().send("GET a\r\nSET a 1\r\nSELECT 1\r\nGET b\r\n");
            Arrival first = chain.sink().next();
            awaitWaiting(chain, 2); // what is of kind SESSION takes no place
            TestClient other = chain.connect().send("DEL c\r\n");
            awaitWaiting(chain, 3);

            first.answer(RespChain.OK);
            chain.sink().answers(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);

            chain.client().expect(OK + OK + OK + OK);
            other.expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "SELECT", "DEL", "GET");
        }
    }

    @Test
    void whoeverWaitsTooLongIsRefusedAndTheNextTakesItsPlace() {
        try (ChainTester chain =
                RespChain.of(time, one().waiting(Duration.ofMillis(100), 10).build())) {
            chain.client().send("GET a\r\n");
            Arrival first = chain.sink().next();
            TestClient patient = chain.connect().send("GET b\r\n");
            awaitWaiting(chain, 1);
            time.pass(Duration.ofMillis(60));
            TestClient later = chain.connect().send("GET c\r\n");
            awaitWaiting(chain, 2);
            time.pass(Duration.ofMillis(40));
            patient.expect("-ERR 1 requests are under way, and none ended within 100 ms; try again later\r\n");
            first.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            later.expect(OK);
            assertThat(refused(chain)).isEqualTo(1);
        }
    }

    @Test
    void placesToWaitAreBounded() {
        try (ChainTester chain =
                RespChain.of(time, one().waiting(Duration.ofSeconds(1), 1).build())) {
            chain.client().send("GET a\r\nGET b\r\n");
            Arrival first = chain.sink().next();
            awaitWaiting(chain, 1);
            chain.connect()
                    .send("GET c\r\n")
                    .expect("-ERR 1 requests are under way, and others wait already; try again later\r\n");
            first.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK + OK);
        }
    }

    @Test
    void nobodyWaitsWhereThatIsNotWanted() {
        try (ChainTester chain = RespChain.of(time, one().refusing().build())) {
            chain.client().send("GET a\r\nGET b\r\n");
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK + "-ERR 1 requests are under way, and others wait already; try again later\r\n");
        }
    }

    @Test
    void aSessionThatClosesLeavesTheQueueAndWhatItHasUnderWayCountsUntilItIsAnswered() {
        try (ChainTester chain = RespChain.of(time, ConcurrencyLimit.of(1))) {
            TestClient leaving = chain.connect().send("GET a\r\nGET b\r\n");
            Arrival first = chain.sink().next();
            awaitWaiting(chain, 1);
            leaving.close();
            awaitWaiting(chain, 0);
            TestClient other = chain.connect().send("GET c\r\n");
            awaitWaiting(chain, 1);
            first.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            other.expect(OK);
            assertThat(chain.sink().arrivals()).hasSize(2);
        }
    }

    @Test
    void whatMayBlockDoesNotCount() {
        try (ChainTester chain = RespChain.of(time, ConcurrencyLimit.of(1))) {
            chain.client().send("BLPOP a 0\r\nXREAD BLOCK 0 STREAMS a $\r\n");
            Arrival blpop = chain.sink().next();
            Arrival xread = chain.sink().next();
            chain.connect().send("GET a\r\n");
            chain.sink().next().answer(RespChain.OK);
            TestClient counted = chain.connect().send("XREAD STREAMS a $\r\nLPOP a\r\n");
            Arrival counts = chain.sink().next();
            awaitWaiting(chain, 1);
            counts.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            counted.expect(OK + OK);
            blpop.answer(RespChain.OK);
            xread.answer(RespChain.OK);
            chain.client().expect(OK + OK);
        }
    }

    @Test
    void eachKeyHasItsOwnLimit() {
        ConcurrencyLimit limit =
                one().by(request -> request.query().namespace()).build();
        try (CqlChain chain = CqlChain.of(time, limit)) {
            ChainTester tester = chain.tester();
            Arrival[] slow = new Arrival[1];
            tester.sink().next().kind();
            tester.sink().holds();
            chain.send(1, new Query("SELECT a FROM ks.a WHERE k = 1"));
            slow[0] = tester.sink().next();
            chain.send(2, new Query("SELECT a FROM ks.a WHERE k = 2"));
            awaitWaiting(tester, 1);
            chain.send(3, new Query("SELECT a FROM ks.b WHERE k = 3"));
            Arrival other = tester.sink().next();
            assertThat(other.text()).contains("ks.b");
            other.fail(new dev.kawarau.Failure(dev.kawarau.Failure.Kind.UNAVAILABLE, "b"));
            assertThat(chain.receive().streamId).isEqualTo(3);
            slow[0].fail(new dev.kawarau.Failure(dev.kawarau.Failure.Kind.UNAVAILABLE, "a"));
            assertThat(chain.receive().streamId).isEqualTo(1);
            tester.sink().next().fail(new dev.kawarau.Failure(dev.kawarau.Failure.Kind.UNAVAILABLE, "a"));
            assertThat(chain.receive().streamId).isEqualTo(2);
        }
    }

    @Test
    void theLimitCanBeChangedWhileRequestsWait() {
        ConcurrencyLimit limit = ConcurrencyLimit.of(1);
        try (ChainTester chain = RespChain.of(time, limit)) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n");
            Arrival first = chain.sink().next();
            awaitWaiting(chain, 2);

            limit.limit(3);

            Arrival second = chain.sink().next();
            Arrival third = chain.sink().next();
            limit.limit(1);
            TestClient other = chain.connect().send("GET d\r\n");
            awaitWaiting(chain, 1);
            first.answer(RespChain.OK);
            second.answer(RespChain.OK);
            chain.client().expect(OK + OK);
            assertThat(chain.sink().arrivals()).hasSize(3);
            third.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
            other.expect(OK);
        }
    }

    @Test
    void overSeveralEventLoopsThereIsOneLimit() {
        EventLoops loops = EventLoops.of(3);
        try (ChainTester chain = ChainTester.of(
                (address, served) -> RespListener.on(address).eventLoops(loops).serve(served),
                ConcurrencyLimit.of(2))) {
            List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(chain.connect().send("GET a\r\n".repeat(50)));
            }
            for (int i = 0; i < 300; i++) {
                Arrival arrival = chain.sink().next();
                assertThat(gauge(chain, "underway")).isLessThanOrEqualTo(2);
                arrival.answer(RespChain.OK);
            }
            clients.forEach(client -> client.expect(OK.repeat(50)));
        } finally {
            loops.close();
        }
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.of(0))
                .withMessageContaining("at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConcurrencyLimit.of(1).limit(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one().waiting(Duration.ZERO, 1))
                .withMessageContaining("refusing()");
        assertThatIllegalArgumentException().isThrownBy(() -> one().waiting(Duration.ofSeconds(1), 0));
        assertThat(ConcurrencyLimit.of(3)).hasToString("ConcurrencyLimit of 3");
    }
}
