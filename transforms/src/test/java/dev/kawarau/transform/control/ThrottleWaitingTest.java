package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A {@link Throttle} that lets requests wait. */
class ThrottleWaitingTest {
    private static final String OK = "+OK\r\n";
    private static final String REFUSED = "-ERR more requests than 10 in a second, try again later\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Throttle throttle) {
        return RespChain.answeringOk(time, throttle);
    }

    /** One request every 100 ms, and none at once. */
    private static Throttle waiting(Duration most, int places) {
        return Throttle.to(10, Duration.ofSeconds(1))
                .burst(1)
                .waiting(most, places)
                .build();
    }

    private static void awaitWaiting(ChainTester chain, int requests) {
        await().until(() ->
                chain.meters().get("kawarau.throttle.waiting").gauge().value() == requests);
    }

    @Test
    void requestsWaitAndKeepTheirOrder() {
        try (ChainTester chain = chain(waiting(Duration.ofSeconds(1), 100))) {
            chain.client().send("GET a\r\nSET b 1\r\nINCR c\r\n").expect(OK);
            awaitWaiting(chain, 2);
            time.pass(Duration.ofMillis(99));
            assertThat(chain.sink().operations()).containsExactly("GET");
            time.pass(Duration.ofMillis(1));
            chain.client().expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET");
            time.pass(Duration.ofMillis(100));
            chain.client().expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "INCR");
            assertThat(chain.meters()
                            .get("kawarau.throttle.delayed")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void whatDoesNotCountStillWaitsBehindWhatDoes() {
        try (ChainTester chain = chain(waiting(Duration.ofSeconds(1), 100))) {
            chain.client().send("GET a\r\nGET b\r\nSELECT 1\r\n").expect(OK);
            awaitWaiting(chain, 1);
            assertThat(chain.sink().operations()).containsExactly("GET");
            time.pass(Duration.ofMillis(100));
            chain.client().expect(OK + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "GET", "SELECT");
        }
    }

    @Test
    void aTurnThatWouldComeTooLateIsRefusedAtOnce() {
        try (ChainTester chain = chain(waiting(Duration.ofMillis(150), 100))) {
            chain.client().send("GET a\r\n").expect(OK);
            chain.client().send("GET b\r\n");
            awaitWaiting(chain, 1);
            chain.connect().send("GET c\r\n").expect(REFUSED);
            time.pass(Duration.ofMillis(100));
            chain.client().expect(OK);
            assertThat(chain.meters()
                            .get("kawarau.throttle.refused")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void placesToWaitAreBounded() {
        try (ChainTester chain = chain(waiting(Duration.ofSeconds(1), 2))) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\nGET d\r\n").expect(OK);
            awaitWaiting(chain, 2);
            chain.connect().send("GET e\r\n").expect(REFUSED);
            time.pass(Duration.ofMillis(200));
            chain.client().expect(OK + OK + REFUSED);
        }
    }

    @Test
    void sessionsTakeTurns() {
        try (ChainTester chain = chain(waiting(Duration.ofSeconds(10), 100))) {
            chain.client().send("GET a\r\nGET a\r\nGET a\r\nGET a\r\n").expect(OK);
            awaitWaiting(chain, 3);
            TestClient other = chain.connect().send("SET b 1\r\n");
            awaitWaiting(chain, 4);
            time.pass(Duration.ofMillis(200));
            other.expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "GET", "SET");
            time.pass(Duration.ofMillis(200));
            chain.client().expect(OK + OK + OK);
        }
    }

    @Test
    void aSessionThatClosesGivesUpItsPlaces() {
        try (ChainTester chain = chain(waiting(Duration.ofSeconds(10), 3))) {
            chain.client().send("GET a\r\n").expect(OK);
            TestClient leaving = chain.connect().send("GET b\r\nGET b\r\nGET b\r\n");
            awaitWaiting(chain, 3);
            leaving.close();
            awaitWaiting(chain, 0);
            chain.client().send("SET c 1\r\n");
            awaitWaiting(chain, 1);
            time.pass(Duration.ofMillis(200));
            chain.client().expect(OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET");
        }
    }

    @Test
    void aRequestThatWasAnsweredMeanwhileGoesNowhere() {
        try (ChainTester chain = ChainTester.of(
                (address, served) -> dev.kawarau.resp.RespListener.on(address)
                        .eventLoops(time.loops())
                        .serve(served),
                (request, next) -> {
                    next.send(request);
                    return dev.kawarau.Reply.of(RespChain.OK);
                },
                waiting(Duration.ofSeconds(1), 100))) {
            chain.sink().answers(RespChain.OK);
            chain.client().send("GET a\r\nGET b\r\n").expect(OK + OK);
            awaitWaiting(chain, 1);
            time.pass(Duration.ofMillis(200));
            awaitWaiting(chain, 0);
            assertThat(chain.sink().operations()).containsExactly("GET");
        }
    }

    @Test
    void underAnotherKeyNobodyWaitsWhereTheProtocolKnowsNoOrder() {
        Throttle throttle = Throttle.to(10, Duration.ofSeconds(1))
                .burst(1)
                .by(request -> request.query().namespace())
                .waiting(Duration.ofSeconds(1), 100)
                .build();
        try (CqlChain chain = CqlChain.of(time, throttle)) {
            chain.send(1, new Query("SELECT a FROM ks.a WHERE k = 1"));
            assertThat(chain.receive().streamId).isEqualTo(1);
            chain.send(2, new Query("SELECT a FROM ks.a WHERE k = 1"));
            chain.send(3, new Query("SELECT a FROM ks.b WHERE k = 1"));
            assertThat(chain.receive().streamId).isEqualTo(3);
            time.pass(Duration.ofMillis(100));
            assertThat(chain.receive().streamId).isEqualTo(2);
        }
    }
}
