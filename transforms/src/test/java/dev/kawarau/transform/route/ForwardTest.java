package dev.kawarau.transform.route;

import static dev.kawarau.transform.control.RespChain.OK;
import static dev.kawarau.transform.route.Forwards.allTo;
import static dev.kawarau.transform.route.Forwards.counted;
import static dev.kawarau.transform.route.Forwards.writesTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.NullSink;
import dev.kawarau.transform.control.RespChain;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardTest {
    private final VirtualTime time = new VirtualTime();
    private final OtherSide other = OtherSide.holding();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Forward forward) {
        return RespChain.answeringOk(time, forward);
    }

    // --- what is forwarded

    @Test
    void aWriteIsAnsweredBeforeItIsCarriedOut() throws InterruptedException {
        Forward forward = writesTo(other).build();
        try (ChainTester chain = chain(forward)) {
            String set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n";
            chain.client().send(set).expect("+OK\r\n");
            assertThat(other.operations()).containsExactly("SET");
            assertThat(chain.sink().operations()).isEmpty();
            assertThat(forward.buffered()).isEqualTo(1);
            assertThat(chain.meters().get("kawarau.forward.bytes").gauge().value())
                    .isEqualTo(set.length());

            other.answer(OK);

            await().until(() -> forward.buffered() == 0);
            assertThat(counted(chain, "done")).isEqualTo(1);
        }
    }

    @Test
    void whatHasNoAnswerThatIsKnownBeforeGoesDownTheChain() {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.client().send("INCR a\r\nSET a b NX\r\nGET a\r\n").expect("+OK\r\n".repeat(3));
            assertThat(chain.sink().operations()).containsExactly("INCR", "SET", "GET");
            assertThat(other.operations()).isEmpty();
        }
    }

    @Test
    void theAnswerMayBeMadeByAFunctionWhichMayHaveNone() throws InterruptedException {
        Forward forward = Forward.to(other)
                .when(request -> true)
                .answering(
                        request -> request.query().operation().equals("INCR") ? RespMessage.error("ERR later") : null)
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("INCR a\r\nSET b c\r\n").expect("-ERR later\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("SET");
            other.answerAll(1, OK);
        }
    }

    @Test
    void sessionStateTransactionsSubscriptionsAndWhatMayBlockAreNeverForwarded() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).build())) {
            chain.client()
                    .send(
                            "SELECT 1\r\nPING\r\nWATCH a\r\nMULTI\r\nSET a b\r\nEXEC\r\nBLPOP l 0\r\nSUBSCRIBE c\r\nINFO\r\nNOSUCH\r\n")
                    .expect("+OK\r\n".repeat(10));
            assertThat(chain.sink().operations())
                    .containsExactly(
                            "SELECT", "PING", "WATCH", "MULTI", "SET", "EXEC", "BLPOP", "SUBSCRIBE", "INFO", "NOSUCH");
            assertThat(other.operations()).isEmpty();

            chain.client().send("PUBLISH c m\r\nSET a b\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(other.operations()).containsExactly("PUBLISH", "SET");
            other.answerAll(2, OK);
        }
    }

    @Test
    void nothingIsForwardedForAClientThatTheDatabaseKnowsByName() {
        try (ChainTester chain = chain(allTo(other).build())) {
            chain.client().send("AUTH me secret\r\nSET a b\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("AUTH", "SET");
            assertThat(other.operations()).isEmpty();
        }
    }

    @Test
    void whatTheRequestBeforeIsAboutIsNotForwarded() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).build())) {
            chain.client().send("ASKING\r\nSET a b\r\nSET c d\r\n").expect("+OK\r\n".repeat(3));
            assertThat(chain.sink().operations()).containsExactly("ASKING", "SET");
            assertThat(other.operations()).containsExactly("SET");
            other.answerAll(1, OK);
        }
    }

    // --- order

    @Test
    void theOrderOfASessionIsKeptAndItsRequestsAreUnderWayTogether() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).build())) {
            chain.client().send("SET a 1\r\nDEL a\r\nSET b 2\r\nSET a 3\r\n").expect("+OK\r\n".repeat(4));
            assertThat(other.operations()).containsExactly("SET", "DEL", "SET", "SET");
            other.answerAll(4, OK);
        }
    }

    @Test
    void aReadWaitsForWhatWasForwardedToItsKeysAndForNoOther() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.client()
                    .send("SET a 1\r\nSET b 1\r\nGET c\r\nMGET a x\r\nGET d\r\n")
                    .expect("+OK\r\n".repeat(3));
            assertThat(chain.sink().operations()).containsExactly("GET");

            other.answer(OK);

            chain.client().expect("+OK\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("GET", "MGET", "GET");
            assertThat(chain.meters()
                            .get("kawarau.forward.delayed")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
            other.answerAll(1, OK);
        }
    }

    @Test
    void aReadOfAnyKeysWaitsForAll() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.client().send("SET a 1\r\nSET b 1\r\nDBSIZE\r\n").expect("+OK\r\n+OK\r\n");
            other.answer(OK);
            time.settle();
            assertThat(chain.sink().operations()).isEmpty();

            other.answer(OK);
            chain.client().expect("+OK\r\n");
        }
    }

    @Test
    void readsNeedNotWaitIfSoTold() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).withoutReadingWrites().build())) {
            chain.client().send("SET a 1\r\nGET a\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("GET");
            other.answerAll(1, OK);
        }
    }

    @Test
    void aReadThatWaitsForTooLongIsRefused() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.client().send("SET a 1\r\nGET a\r\nGET b\r\n").expect("+OK\r\n");
            time.pass(Duration.ofMillis(999));
            assertThat(chain.sink().operations()).isEmpty();

            time.pass(Duration.ofMillis(1));

            chain.client()
                    .expect("-ERR what was sent before has not been carried out in time; try again later\r\n+OK\r\n");
            assertThat(chain.sink().operations()).containsExactly("GET");
            assertThat(counted(chain, "refused")).isEqualTo(1);
            other.answerAll(1, OK);
        }
    }

    @Test
    void whatFollowsAChangeOfTheSessionIsForwardedWhereThatLeads() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.sink().holds();
            chain.client().send("SET a 1\r\nSELECT 1\r\nSET a 2\r\nSET b 2\r\n").expect("+OK\r\n");
            assertThat(chain.sink().operations()).isEmpty();

            other.answer(OK);
            chain.sink().next();
            chain.sink().arrivals().get(0).answer(OK);
            chain.client().expect("+OK\r\n".repeat(3));

            other.answerAll(2, OK);
            assertThat(other.operations()).containsExactly("SET", "SET", "SET");
            assertThat(other.sessions().get(1))
                    .isNotSameAs(other.sessions().get(0))
                    .isSameAs(other.sessions().get(2));
        }
    }

    @Test
    void theOtherChainIsToldWhichDatabaseTheClientIsIn() throws InterruptedException {
        try (ChainTester chain = chain(writesTo(other).build())) {
            chain.sink().answers(request -> {
                RespSession.of(request.session()).selected(3);
                return OK;
            });
            chain.client().send("SELECT 3\r\nSET a 1\r\nSET b 1\r\n").expect("+OK\r\n".repeat(3));
            assertThat(other.operations()).containsExactly("SELECT");
            other.answerAll(3, OK);
            assertThat(other.operations()).containsExactly("SELECT", "SET", "SET");
        }
    }

    // --- building

    @Test
    void itIsNotBuiltWithoutSayingWhatIsForwardedAndRefusesWrongSettings() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Forward.to(other).build())
                .withMessageContaining("say with when(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Forward.to(other).buffer(0, 1))
                .withMessageContaining("room for a request");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Forward.to(other).concurrency(0))
                .withMessageContaining("at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Forward.to(other).waiting(Duration.ZERO))
                .withMessageContaining("waiting must be at least a millisecond");
    }

    @Test
    void itBelongsToOneChainOfOneProtocolAndPrintsTheOther() {
        Chain views = Chain.named("views").to(NullSink.create());
        Forward forward = writesTo(views).build();
        Chain chain = Chain.named("orders").then(forward).to(NullSink.create());
        assertThat(chain.toString())
                .isEqualTo("chain \"orders\"\n  -> Forward(BACK_PRESSURE)\n       forwards to chain \"views\"\n"
                        + "         -> NullSink\n  -> NullSink");
        assertThatIllegalStateException()
                .isThrownBy(() -> Chain.named("again").then(forward).to(NullSink.create()))
                .withMessageContaining("belongs to a chain already");
    }
}
