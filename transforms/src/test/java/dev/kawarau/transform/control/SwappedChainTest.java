package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Another chain to the same database is served while requests wait: what comes by that one does not overtake them. */
class SwappedChainTest {
    private static final Failure NOT_APPLIED = new Failure(Failure.Kind.UNAVAILABLE, "down");
    private static final String OK = "+OK\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    /** Serves a chain without any transform. */
    private static void swap(ChainTester chain) {
        chain.listener()
                .serve(Chain.named("another").metrics(new SimpleMeterRegistry()).to(chain.sink()));
    }

    private static void awaitMeter(ChainTester chain, String gauge, double value) {
        await().until(() -> chain.meters().get(gauge).gauge().value() == value);
    }

    @Test
    void whatWaitsInAThrottleIsNotOvertaken() {
        Throttle throttle = Throttle.to(10, Duration.ofSeconds(1))
                .burst(1)
                .waiting(Duration.ofSeconds(1), 100)
                .build();
        try (ChainTester chain = RespChain.answeringOk(time, throttle)) {
            chain.client().send("GET a\r\nSET a 1\r\n").expect(OK);
            awaitMeter(chain, "kawarau.throttle.waiting", 1);
            swap(chain);
            chain.client().send("GET a\r\n");
            awaitMeter(chain, "kawarau.throttle.waiting", 2);
            time.pass(Duration.ofMillis(100));
            time.pass(Duration.ofMillis(100));
            chain.client().expect(OK + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "GET");

            chain.client().send("GET b\r\nGET c\r\n").expect(OK + OK);
        }
    }

    @Test
    void whatWaitsInAConcurrencyLimitIsNotOvertaken() {
        try (ChainTester chain = RespChain.of(time, ConcurrencyLimit.of(1))) {
            chain.client().send("GET a\r\nSET a 1\r\n");
            Arrival first = chain.sink().next();
            awaitMeter(chain, "kawarau.concurrency.waiting", 1);
            swap(chain);
            chain.client().send("GET a\r\n");
            awaitMeter(chain, "kawarau.concurrency.waiting", 2);
            chain.sink().answers(RespChain.OK);
            first.answer(RespChain.OK);
            chain.client().expect(OK + OK + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET", "GET");
        }
    }

    @Test
    void whatIsTriedAgainIsNotOvertaken() {
        try (ChainTester chain = RespChain.of(time, Retry.attempts(3))) {
            chain.client().send("SET a 1\r\n");
            chain.sink().next().fail(NOT_APPLIED);
            time.settle();
            swap(chain);
            chain.client().send("GET a\r\n");
            time.settle();
            assertThat(chain.sink().operations()).containsExactly("SET");
            chain.sink().answers(RespChain.OK);
            time.pass(Duration.ofMillis(10));
            chain.client().expect(OK + OK);
            assertThat(chain.sink().operations()).containsExactly("SET", "SET", "GET");
        }
    }

    @Test
    void nothingIsTriedAgainBehindWhatCameByTheOtherChain() {
        try (ChainTester chain = RespChain.of(time, Retry.attempts(3))) {
            chain.client().send("GET a\r\n");
            Arrival read = chain.sink().next();
            swap(chain);
            chain.client().send("SET a 1\r\n");
            Arrival write = chain.sink().next();
            read.fail(NOT_APPLIED);
            write.answer(RespChain.OK);
            chain.client().expect("-ERR down\r\n" + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET");
        }
    }

    @Test
    void aReadThatWaitedForAnotherIsNotSentBehindAWriteThatCameByTheOtherChain() {
        try (ChainTester chain = RespChain.of(time, Collapse.create())) {
            chain.client().send("GET a\r\n");
            Arrival shared = chain.sink().next();
            TestClient second = chain.connect().send("GET a\r\n");
            await().until(() -> chain.meters()
                            .get("kawarau.collapse.joined")
                            .functionCounter()
                            .count()
                    == 1);
            swap(chain);
            second.send("SET a 1\r\n");
            Arrival write = chain.sink().next();
            chain.client().close();
            time.settle();
            shared.fail(NOT_APPLIED);
            write.answer(RespChain.OK);
            second.expect("-ERR the read that this one waited for has no answer; try again\r\n" + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SET");
        }
    }

    @Test
    void whatWaitsForNothingLeavesAtOnce() {
        Transform[] control = {
            Throttle.perSecond(10), ConcurrencyLimit.of(10), Retry.attempts(2), Collapse.create(),
        };
        Chain another = Chain.named("another").to(request -> Reply.of(RespMessage.error("OTHER chain")));
        try (ChainTester chain = RespChain.answeringOk(time, control)) {
            chain.client().send("SET a 1\r\n").expect(OK);
            chain.listener().serve(another);
            chain.client().send("SET a 1\r\n").expect("-OTHER chain\r\n");
        } finally {
            another.close();
        }
    }
}
