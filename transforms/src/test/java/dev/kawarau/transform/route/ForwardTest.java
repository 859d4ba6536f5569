package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.NullSink;
import dev.kawarau.transform.control.RespChain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardTest {
    private static final RespMessage OK = RespChain.OK;

    private final VirtualTime time = new VirtualTime();
    private final OtherSide other = OtherSide.holding();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Forward forward) {
        ChainTester chain = RespChain.of(time, forward);
        chain.sink().answers(OK);
        return chain;
    }

    private static Forward.Builder writesTo(Chain chain) {
        return Forward.to(chain).when(request -> request.query().kind() == Query.Kind.WRITE);
    }

    private static Forward.Builder allTo(Chain chain) {
        return Forward.to(chain).when(request -> true).answering(request -> OK);
    }

    private void answerAll(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            other.answer(OK);
        }
    }

    private static double counted(ChainTester chain, String outcome) {
        return chain.meters()
                .get("kawarau.forward")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
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
            answerAll(1);
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
            answerAll(2);
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
            answerAll(1);
        }
    }

    // --- order

    @Test
    void theOrderOfASessionIsKeptAndItsRequestsAreUnderWayTogether() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).build())) {
            chain.client().send("SET a 1\r\nDEL a\r\nSET b 2\r\nSET a 3\r\n").expect("+OK\r\n".repeat(4));
            assertThat(other.operations()).containsExactly("SET", "DEL", "SET", "SET");
            answerAll(4);
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
            answerAll(1);
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
            answerAll(1);
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
            answerAll(1);
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

            answerAll(2);
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
            answerAll(3);
            assertThat(other.operations()).containsExactly("SELECT", "SET", "SET");
        }
    }

    // --- bounds

    @Test
    void withAFullBufferTheClientWaitsForRoom() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).buffer(1, 1 << 20).build())) {
            chain.client().send("SET a 1\r\nSET b 1\r\n").expect("+OK\r\n");
            time.pass(Duration.ofMillis(500));
            assertThat(other.operations()).hasSize(1);

            other.answer(OK);
            chain.client().expect("+OK\r\n");
            answerAll(1);
        }
    }

    @Test
    void ofSeveralClientsThatWaitForRoomEachGetsIt() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).buffer(1, 1 << 20).build())) {
            chain.client().send("SET a 1\r\n").expect("+OK\r\n");
            chain.connect().send("SET b 1\r\n");
            chain.connect().send("SET c 1\r\n");
            answerAll(3);
            assertThat(other.operations()).hasSize(3);
        }
    }

    @Test
    void whoWaitsForRoomForTooLongIsRefused() throws InterruptedException {
        Forward forward =
                allTo(other).buffer(1, 1 << 20).waiting(Duration.ofMillis(50)).build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\n").expect("+OK\r\n");
            chain.client().send("SET b 1\r\n");
            await().until(() ->
                    chain.meters().get("kawarau.inflight").gauges().stream().anyMatch(gauge -> gauge.value() > 0));
            time.pass(Duration.ofMillis(50));
            chain.client().expect("-ERR the buffer for what is carried out later stayed full; try again later\r\n");
            assertThat(counted(chain, "refused")).isEqualTo(1);

            answerAll(1);
            chain.client().send("SET c 1\r\n").expect("+OK\r\n");
            answerAll(1);
        }
    }

    @Test
    void aFullBufferMayRefuse() throws InterruptedException {
        Forward forward = allTo(other)
                .buffer(1, 1 << 20)
                .whenFull(Forward.WhenFull.REFUSE)
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client()
                    .send("SET a 1\r\nSET b 1\r\n")
                    .expect("+OK\r\n-ERR the buffer for what is carried out later is full; try again later\r\n");
            assertThat(counted(chain, "refused")).isEqualTo(1);
            answerAll(1);
        }
    }

    @Test
    void aFullBufferMayDrop() throws InterruptedException {
        List<String> lost = new CopyOnWriteArrayList<>();
        Forward forward = allTo(other)
                .buffer(1, 1 << 20)
                .whenFull(Forward.WhenFull.DROP)
                .onFailure((request, response, failure) ->
                        lost.add(request.query().operation() + ": " + failure.getMessage()))
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\nDEL b\r\n").expect("+OK\r\n+OK\r\n");
            answerAll(1);
            assertThat(other.operations()).containsExactly("SET");
            assertThat(counted(chain, "dropped")).isEqualTo(1);
            assertThat(lost).singleElement().asString().startsWith("DEL: the buffer");
        }
    }

    @Test
    void soManyAreUnderWayInTheOtherChainAtATime() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).concurrency(2).build())) {
            chain.client().send("SET a 1\r\nSET b 1\r\n").expect("+OK\r\n+OK\r\n");
            chain.connect().send("DEL c\r\nDEL d\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(other.operations()).containsExactly("SET", "SET");

            other.answer(OK);
            await().untilAsserted(() -> assertThat(other.operations()).containsExactly("SET", "SET", "DEL"));
            answerAll(3);
        }
    }

    @Test
    void aLongQueueBehindOneThatHangsIsCarriedOutInOrder() throws InterruptedException {
        int many = 1_500;
        Forward forward = allTo(other).concurrency(1).build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\n".repeat(many)).expect("+OK\r\n".repeat(many));
            other.answersWith(request -> Reply.of(OK));
            other.answer(OK);
            await().until(() -> forward.buffered() == 0);
            assertThat(other.operations()).hasSize(many);
        }
    }

    // --- failure

    @Test
    void failuresAndErrorsAreCountedAndToldAndTheClientReadsOn() {
        List<String> lost = new CopyOnWriteArrayList<>();
        OtherSide failing = OtherSide.by(request -> request.query().operation().equals("SET")
                ? Reply.failed(new Failure(Failure.Kind.UNAVAILABLE, "gone"))
                : Reply.of(RespMessage.error("WRONGTYPE no")));
        Forward forward = allTo(failing)
                .onFailure((request, response, failure) -> {
                    lost.add(request.query().operation() + (failure == null ? " error" : " failure"));
                    throw new IllegalStateException("for the log");
                })
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\nDEL a\r\nSELECT 1\r\n").expect("+OK\r\n".repeat(3));
            assertThat(lost).containsExactly("SET failure", "DEL error");
            assertThat(counted(chain, "failed")).isEqualTo(1);
            assertThat(counted(chain, "error")).isEqualTo(1);
        }
    }

    @Test
    void aDatabaseThatNeverAnswersIsGivenUp() throws InterruptedException {
        Forward forward = writesTo(other)
                .waiting(Duration.ofSeconds(30))
                .timeout(Duration.ofSeconds(2))
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\nGET a\r\n").expect("+OK\r\n");
            time.pass(Duration.ofSeconds(2));
            chain.client().expect("+OK\r\n");
            assertThat(counted(chain, "failed")).isEqualTo(1);
            assertThat(forward.buffered()).isZero();
            answerAll(1);
        }
    }

    // --- the end

    @Test
    void whatAClientLeftBehindIsCarriedOut() throws InterruptedException {
        Forward forward = writesTo(other).concurrency(1).build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\nSET b 1\r\nGET b\r\n").expect("+OK\r\n+OK\r\n");
            chain.client().close();
            await().until(() -> chain.listener().connections() == 0);
            answerAll(2);
            await().until(() -> forward.buffered() == 0);
            assertThat(counted(chain, "done")).isEqualTo(2);
            assertThat(chain.sink().operations()).isEmpty();
        }
    }

    @Test
    void whatAClientLeftBehindIsDroppedIfItTakesTooLong() throws InterruptedException {
        Forward forward = writesTo(other)
                .concurrency(1)
                .timeout(Duration.ofMinutes(1))
                .drain(Duration.ofSeconds(3))
                .build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\nSET b 1\r\nSET c 1\r\n").expect("+OK\r\n".repeat(3));
            chain.client().close();
            await().until(() -> chain.listener().connections() == 0);
            time.pass(Duration.ofSeconds(3));

            answerAll(1);
            await().until(() -> forward.buffered() == 0);
            assertThat(other.operations()).hasSize(1);
            assertThat(counted(chain, "done")).isEqualTo(1);
            assertThat(counted(chain, "dropped")).isEqualTo(2);
        }
    }

    @Test
    void closingTheChainWaitsForWhatWasAnswered() throws InterruptedException {
        Forward forward = writesTo(other).build();
        ChainTester chain = chain(forward);
        chain.client().send("SET a 1\r\n").expect("+OK\r\n");
        Thread closing = new Thread(chain::close);
        closing.start();
        await().until(() -> chain.listener().connections() == 0);
        assertThat(closing.isAlive()).isTrue();

        answerAll(1);

        closing.join(Duration.ofSeconds(5).toMillis());
        assertThat(closing.isAlive()).isFalse();
        assertThat(forward.buffered()).isZero();
    }

    @Test
    void aSessionGoesToAnotherChainWhenWhatItWasAnsweredIsCarriedOutAndWaitsMeanwhile() throws InterruptedException {
        Forward forward = writesTo(other).build();
        try (ChainTester chain = chain(forward)) {
            chain.client().send("SET a 1\r\n").expect("+OK\r\n");
            Chain next = Chain.named("next").to(request -> Reply.of(RespMessage.error("NEW chain")));
            chain.listener().serve(next);
            chain.client().send("SET b 1\r\nGET c\r\n");
            await().untilAsserted(() -> assertThat(other.operations()).hasSize(2));

            other.answer(OK);
            time.settle();
            other.answer(OK);

            chain.client().expect("+OK\r\n+OK\r\n");
            chain.client().send("SET d 1\r\n").expect("-NEW chain\r\n");
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
