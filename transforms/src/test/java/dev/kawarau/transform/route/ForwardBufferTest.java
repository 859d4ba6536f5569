package dev.kawarau.transform.route;

import static dev.kawarau.transform.control.RespChain.OK;
import static dev.kawarau.transform.route.Forwards.allTo;
import static dev.kawarau.transform.route.Forwards.counted;
import static dev.kawarau.transform.route.Forwards.writesTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.RespChain;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What has been answered and not yet carried out: how much of it there may be, and what becomes of it. */
class ForwardBufferTest {
    private final VirtualTime time = new VirtualTime();
    private final OtherSide other = OtherSide.holding();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Forward forward) {
        return RespChain.answeringOk(time, forward);
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
            other.answerAll(1, OK);
        }
    }

    @Test
    void ofSeveralClientsThatWaitForRoomEachGetsIt() throws InterruptedException {
        try (ChainTester chain = chain(allTo(other).buffer(1, 1 << 20).build())) {
            chain.client().send("SET a 1\r\n").expect("+OK\r\n");
            chain.connect().send("SET b 1\r\n");
            chain.connect().send("SET c 1\r\n");
            other.answerAll(3, OK);
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

            other.answerAll(1, OK);
            chain.client().send("SET c 1\r\n").expect("+OK\r\n");
            other.answerAll(1, OK);
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
            other.answerAll(1, OK);
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
            other.answerAll(1, OK);
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
            other.answerAll(3, OK);
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
            other.answerAll(1, OK);
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
            other.answerAll(2, OK);
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

            other.answerAll(1, OK);
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

        other.answerAll(1, OK);

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
}
