package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The side that answers is changed while clients are connected. */
class TeeSwitchTest {
    private static final RespMessage OLD = RespMessage.of(RespValue.simple("old"));
    private static final RespMessage NEW = RespMessage.of(RespValue.simple("new"));

    private static ChainTester chain(Tee tee) {
        return ChainTester.of((address, served) -> RespListener.on(address).serve(served), tee);
    }

    @Test
    void theOtherSideAnswersAndBackAgainWhileBothGetAll() {
        OtherSide copy = OtherSide.answering(NEW);
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.sink().answers(OLD);
            chain.client().send("GET a\r\n").expect("+old\r\n");
            tee.answerFrom(Tee.Side.COPY);
            chain.client().send("GET b\r\n").expect("+new\r\n");
            tee.answerFrom(Tee.Side.ORIGINAL);
            chain.client().send("GET c\r\n").expect("+old\r\n");
            Awaitility.await().until(() -> tee.report().underWay() == 0);

            assertThat(copy.operations()).hasSize(3);
            assertThat(chain.sink().operations()).hasSize(3);
            assertThat(tee.report().sessionsBehind()).isZero();
        }
    }

    @Test
    void requestsThatComeWhileOneIsUnderWayWaitAndKeepTheirOrder() {
        OtherSide copy = OtherSide.answering(NEW);
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("GET 1\r\n");
            Arrival first = chain.sink().next();
            tee.answerFrom(Tee.Side.COPY);
            chain.client().send("SET 2 x\r\nINCR 3\r\n");
            Awaitility.await().until(() -> tee.report().sessionsBehind() == 1);
            chain.sink().answers(OLD);
            first.answer(OLD);

            chain.client().expect("+old\r\n+new\r\n+new\r\n");
            Awaitility.await().until(() -> tee.report().underWay() == 0);
            assertThat(copy.operations()).containsExactly("GET", "SET", "INCR");
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "INCR");
        }
    }

    @Test
    void aSwitchWaitsForTheCopiesThatAreUnderWay() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.sink().answers(OLD);
            chain.client().send("SET a 1\r\n").expect("+old\r\n");
            tee.answerFrom(Tee.Side.COPY);
            chain.client().send("SET a 2\r\n");
            copy.answer(OLD);
            copy.answer(NEW);
            chain.client().expect("+new\r\n");
            assertThat(copy.operations()).containsExactly("SET", "SET");
        }
    }

    @Test
    void aSessionThatASideDoesNotLetGoIsAnsweredThereUntilItDoes() {
        AtomicBoolean free = new AtomicBoolean();
        OtherSide copy = OtherSide.answering(NEW);
        Chain keeping = new Chain() {
            @Override
            public Reply send(Message request) {
                return copy.send(request);
            }

            @Override
            public boolean leave(Session session) {
                return free.get();
            }
        };
        Tee tee = Tee.to(keeping).build();
        try (ChainTester chain = chain(tee)) {
            chain.sink().answers(OLD);
            chain.client().send("GET a\r\n").expect("+old\r\n");
            tee.answerFrom(Tee.Side.COPY);
            chain.client().send("GET a\r\nGET b\r\n").expect("+old\r\n+old\r\n");
            assertThat(tee.report().sessionsBehind()).isEqualTo(1);
            free.set(true);
            chain.client().send("GET a\r\n").expect("+new\r\n");
            assertThat(tee.report().sessionsBehind()).isZero();
        }
    }

    @Test
    void anotherChainTakesTheSessionOnlyWhenItsCopiesAreAnswered() throws Exception {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.sink().answers(OLD);
            chain.client().send("SET a 1\r\n").expect("+old\r\n");
            CompletableFuture<Chain> swapped = chain.listener()
                    .serve(Chain.named("next").to(OtherSide.answering(NEW)))
                    .toCompletableFuture();
            chain.client().send("GET a\r\n").expect("+old\r\n");
            assertThat(swapped).isNotDone();
            copy.answer(OLD);
            copy.answer(OLD);
            swapped.get(10, TimeUnit.SECONDS);
            chain.client().send("GET a\r\n").expect("+new\r\n");
        }
    }
}
