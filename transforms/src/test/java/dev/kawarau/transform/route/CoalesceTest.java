package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import dev.kawarau.transform.control.Timeout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalesceTest {
    private static final RespMessage OK = RespChain.OK;
    private static final Duration LONGEST = Duration.ofMillis(5);

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Coalesce coalesce) {
        return RespChain.answeringOk(time, coalesce);
    }

    /** Waits until so many requests are in the chain and wait there. */
    private static void underWay(ChainTester chain, int requests) {
        await().until(() -> chain.meters()
                        .get("kawarau.inflight")
                        .tag("transform", "Coalesce")
                        .gauge()
                        .value()
                == requests);
    }

    private static double batches(ChainTester chain, String by) {
        return chain.meters()
                .get("kawarau.coalesce.batches")
                .tag("by", by)
                .functionCounter()
                .count();
    }

    @Test
    void requestsOfAllClientsWaitUntilTheyAreSoMany() {
        try (ChainTester chain = chain(Coalesce.of(3, LONGEST))) {
            TestClient first = chain.connect();
            TestClient second = chain.connect();
            first.send("GET a\r\n");
            underWay(chain, 1);
            second.send("SET b c\r\n");
            underWay(chain, 2);
            assertThat(chain.sink().operations()).isEmpty();

            first.send("INCR c\r\n");

            first.expect("+OK\r\n+OK\r\n");
            second.expect("+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "INCR");
            assertThat(batches(chain, "count")).isEqualTo(1);
            assertThat(chain.meters()
                            .get("kawarau.coalesce.requests")
                            .functionCounter()
                            .count())
                    .isEqualTo(3);
        }
    }

    @Test
    void theyWaitNoLongerThanTheTimeSinceTheFirst() {
        try (ChainTester chain = chain(Coalesce.of(100, LONGEST))) {
            for (int round = 0; round < 2; round++) {
                chain.client().send("GET a\r\n");
                underWay(chain, 1);
                time.pass(Duration.ofMillis(4));
                chain.client().send("GET b\r\n");
                underWay(chain, 2);
                assertThat(chain.sink().operations()).hasSize(2 * round);

                time.pass(Duration.ofMillis(1));
                chain.client().expect("+OK\r\n+OK\r\n");
            }
            assertThat(batches(chain, "time")).isEqualTo(2);
        }
    }

    @Test
    void aTimerThatWasSetForABatchThatIsGoneDoesNotCutTheNextShort() {
        try (ChainTester chain = chain(Coalesce.of(2, LONGEST))) {
            chain.client().send("GET a\r\nGET b\r\n").expect("+OK\r\n+OK\r\n");
            time.pass(Duration.ofMillis(3));
            chain.client().send("GET c\r\n");
            underWay(chain, 1);
            time.pass(Duration.ofMillis(4));
            assertThat(chain.sink().operations()).hasSize(2);

            time.pass(Duration.ofMillis(1));
            chain.client().expect("+OK\r\n");
        }
    }

    @Test
    void soManyBytesAreSentOn() {
        try (ChainTester chain = chain(Coalesce.to(100, LONGEST).bytes(1_000).build())) {
            chain.client().send("SET a " + "x".repeat(900) + "\r\n");
            underWay(chain, 1);
            assertThat(chain.sink().operations()).isEmpty();
            chain.client().send("SET b " + "x".repeat(100) + "\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(batches(chain, "bytes")).isEqualTo(1);
        }
    }

    @Test
    void whatIsAboutTheSessionSendsOnWhatTheSessionHasHereAndKeepsItsOrder() {
        try (ChainTester chain = chain(Coalesce.of(100, LONGEST))) {
            chain.client().send("GET a\r\nSELECT 1\r\n").expect("+OK\r\n+OK\r\n");
            chain.client().send("GET a\r\nBLPOP l 0\r\n").expect("+OK\r\n+OK\r\n");
            chain.client().send("GET a\r\nMULTI\r\nSET a b\r\nEXEC\r\n").expect("+OK\r\n".repeat(4));
            chain.client().send("GET a\r\nSUBSCRIBE c\r\nINFO\r\nNOSUCH\r\n").expect("+OK\r\n".repeat(4));
            assertThat(chain.sink().operations())
                    .containsExactly(
                            "GET",
                            "SELECT",
                            "GET",
                            "BLPOP",
                            "GET",
                            "MULTI",
                            "SET",
                            "EXEC",
                            "GET",
                            "SUBSCRIBE",
                            "INFO",
                            "NOSUCH");
            assertThat(batches(chain, "order")).isEqualTo(4);
        }
    }

    @Test
    void whatIsNotHeldOfOneSessionLeavesTheBatchOfOthersAlone() {
        try (ChainTester chain = chain(Coalesce.to(100, LONGEST)
                .when(request -> request.query().kind() == dev.kawarau.Query.Kind.WRITE)
                .build())) {
            chain.client().send("SET a b\r\n");
            underWay(chain, 1);
            chain.connect().send("PING\r\nGET a\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("PING", "GET");

            time.pass(LONGEST);
            chain.client().expect("+OK\r\n");
        }
    }

    @Test
    void whatAClientLeftBehindIsSentOnAtOnce() {
        try (ChainTester chain = chain(Coalesce.of(100, LONGEST))) {
            TestClient client = chain.connect();
            client.send("SET a b\r\n");
            underWay(chain, 1);
            client.close();
            Arrival left = chain.sink().next();
            assertThat(left.operation()).isEqualTo("SET");
            await().until(left::isAnswered);
        }
    }

    @Test
    void whatIsHeldWhenTheChainIsSwappedGoesBeforeWhatFollowsOnTheOther() {
        try (ChainTester chain = chain(Coalesce.of(100, LONGEST))) {
            chain.client().send("GET a\r\n");
            underWay(chain, 1);
            chain.listener()
                    .serve(Chain.named("next")
                            .to(request -> Reply.of(RespMessage.of(
                                    RespValue.integer(chain.sink().operations().size())))));
            chain.client().send("GET b\r\n").expect("+OK\r\n:1\r\n");
        }
    }

    @Test
    void eachGetsItsOwnAnswerAndItsOwnFailure() {
        try (ChainTester chain = chain(Coalesce.of(3, LONGEST))) {
            chain.sink().answers(request -> {
                String key = request.query().keys().get(0).toString(StandardCharsets.UTF_8);
                if (key.equals("bad")) {
                    throw new Failure(Failure.Kind.UNAVAILABLE, "away");
                }
                return RespMessage.of(RespValue.bulk(key));
            });
            chain.client().send("GET a\r\nGET bad\r\nGET c\r\n").expect("$1\r\na\r\n-ERR away\r\n$1\r\nc\r\n");
        }
    }

    @Test
    void whatATransformBeforeItHasAnsweredIsNotSentOn() {
        try (ChainTester chain = RespChain.of(time, Timeout.after(Duration.ofMillis(2)), Coalesce.of(100, LONGEST))) {
            chain.client().send("SET a b\r\n");
            underWay(chain, 1);
            time.pass(Duration.ofMillis(2));
            chain.client()
                    .receive(
                            "-ERR no reply within 2 ms; the request may have been applied, or may be yet\r\n".length());
            time.pass(LONGEST);
            assertThat(chain.sink().operations()).isEmpty();
        }
    }

    /** Each reply brings the next request in while its batch is being sent on. */
    @Test
    void requestsThatComeFromWithinKeepTheOrderOfTheirSession() {
        try (ChainTester chain = ChainTester.of(
                (address, served) -> RespListener.on(address)
                        .eventLoops(time.loops())
                        .maxInFlight(2)
                        .serve(served),
                Coalesce.of(2, LONGEST))) {
            chain.sink().answers(OK);
            chain.client().send("GET a\r\nSET a b\r\nSELECT 1\r\n".repeat(50));
            for (int i = 0; i < 500 && chain.sink().operations().size() < 150; i++) {
                time.pass(Duration.ofMillis(1));
            }
            chain.client().expect("+OK\r\n".repeat(150));
            assertThat(chain.sink().operations())
                    .isEqualTo(Stream.generate(() -> List.of("GET", "SET", "SELECT"))
                            .limit(50)
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Test
    void cqlRequestsAreHeldTooAndThoseOfTheHandshakeAreNot() {
        try (CqlChain chain = CqlChain.of(time, Coalesce.of(2, LONGEST))) {
            chain.send(5, new Query("SELECT v FROM ks.t WHERE k = 1"));
            underWay(chain.tester(), 1);
            assertThat(chain.tester().sink().operations()).containsExactly("STARTUP");
            chain.send(9, new Query("INSERT INTO ks.t (k) VALUES (1)"));
            for (int stream : List.of(5, 9)) {
                var answer = chain.receive();
                assertThat(answer.streamId).isEqualTo(stream);
                assertThat(answer.message).isInstanceOf(Void.class);
            }
            chain.send(1, new Query("SELECT v FROM ks.t WHERE k = 1"));
            chain.send(2, new Query("USE ks"));
            assertThat(chain.receive().streamId).isEqualTo(1);
            assertThat(chain.receive().streamId).isEqualTo(2);
            assertThat(chain.tester().sink().operations())
                    .containsExactly("STARTUP", "SELECT", "INSERT", "SELECT", "USE");
        }
    }

    @Test
    void wrongSettingsAreRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Coalesce.of(1, LONGEST))
                .withMessageContaining("2 to 100,000 requests");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Coalesce.of(2, Duration.ofMinutes(1)))
                .withMessageContaining("a microsecond to a second");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Coalesce.to(2, LONGEST).bytes(0))
                .withMessageContaining("at least one byte");
        assertThat(Coalesce.of(2, LONGEST)).hasToString("Coalesce of up to 2 requests within PT0.005S");
    }
}
