package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Failure;
import dev.kawarau.Query.Kind;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.FaultInjection.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultInjectionTest {
    private static final String OK = "+OK\r\n";
    private static final Duration TWENTY = Duration.ofMillis(20);
    private static final Duration LOST = Duration.ofMillis(500);
    private static final String READ_LOST = "-ERR no reply within 500 ms; the request changed nothing\r\n";
    private static final String WRITE_LOST = "-ERR no reply within 500 ms; the request may have been applied\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private static FaultInjection.Builder losing() {
        return FaultInjection.builder().lostAfter(LOST).seed(1);
    }

    /** A seed for which the connection is cut before the first request, or behind it. */
    private static long seedThatCuts(boolean isLate) {
        FaultRates rates = FaultRates.NONE.with(Fault.DISCONNECT, 1);
        long seed = 0;
        while (new Fate.Series(seed, 0).next(rates).isLate() != isLate) {
            seed++;
        }
        return seed;
    }

    private static double shown(ChainTester chain, String fault) {
        return chain.meters()
                .get("kawarau.faults")
                .tag("fault", fault)
                .functionCounter()
                .count();
    }

    // --- delays

    @Test
    void aDelayedRequestIsSentWhenItsTimeHasPassed() {
        FaultInjection faults = FaultInjection.delay(TWENTY, TWENTY);
        try (ChainTester chain = RespChain.of(time, faults)) {
            chain.client().send("GET a\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 1);
            time.pass(Duration.ofMillis(19));
            assertThat(chain.sink().arrivals()).isEmpty();
            time.pass(Duration.ofMillis(1));
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
            assertThat(shown(chain, "delay")).isEqualTo(1);
        }
    }

    @Test
    void aPipelineKeepsItsOrderAndIsDelayedByTheLongestNotByTheSum() {
        FaultInjection faults = FaultInjection.builder()
                .delay(0.5, Duration.ofMillis(5), Duration.ofMillis(50))
                .seed(3)
                .build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            StringBuilder pipeline = new StringBuilder();
            List<String> asked = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                asked.add("*2\r\n$3\r\nGET\r\n$3\r\nk" + (10 + i) + "\r\n");
                pipeline.append(asked.get(i));
            }
            chain.client().send(pipeline.toString());
            await().until(() -> faults.count(Fault.DELAY) > 10);
            time.pass(Duration.ofMillis(50));
            chain.client().expect(OK.repeat(50));
            assertThat(chain.sink().arrivals()).extracting(Arrival::text).isEqualTo(asked);
        }
    }

    @Test
    void whatFaultsAreNotForWaitsBehindADelayedRequestToo() {
        FaultInjection faults =
                FaultInjection.builder().delay(1, TWENTY, TWENTY).build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("GET a\r\nSELECT 1\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 1);
            time.settle();
            assertThat(chain.sink().arrivals()).isEmpty();
            time.pass(TWENTY);
            chain.client().expect(OK + OK);
            assertThat(chain.sink().operations()).containsExactly("GET", "SELECT");
            chain.client().send("SELECT 2\r\n").expect(OK);
        }
    }

    @Test
    void sessionsDoNotWaitForEachOther() {
        FaultInjection faults = FaultInjection.builder()
                .delay(1, TWENTY, TWENTY)
                .when(request -> request.query().operation().equals("SET"))
                .build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("SET a 1\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 1);
            chain.connect().send("GET a\r\n").expect(OK);
            time.pass(TWENTY);
            chain.client().expect(OK);
        }
    }

    // --- losses

    @Test
    void aLostRequestIsNotSentAndFailsAsOneThatAServerIsSilentOn() {
        FaultInjection faults = losing().loseRequests(1)
                .when(request -> request.query().kind() != Kind.READ)
                .build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("SET a 1\r\nGET a\r\n");
            assertThat(chain.sink().next().operation()).isEqualTo("GET");
            time.pass(LOST.minusMillis(1));
            // The reply to the GET is there, but it is not its turn.
            assertThat(chain.meters()
                            .get("kawarau.inflight")
                            .tag("transform", "")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            time.pass(Duration.ofMillis(1));
            chain.client().expect(WRITE_LOST + OK);
            assertThat(chain.sink().operations()).containsExactly("GET");
            assertThat(shown(chain, "lost_request")).isEqualTo(1);
        }
    }

    @Test
    void aLostReplyIsThrownAwayAfterTheRequestWasCarriedOut() {
        FaultInjection faults = losing().loseReplies(1).build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("GET a\r\n");
            assertThat(chain.sink().next().operation()).isEqualTo("GET");
            time.pass(LOST);
            chain.client().expect(READ_LOST);
            assertThat(shown(chain, "lost_reply")).isEqualTo(1);
        }
    }

    @Test
    void aReplyThatComesAfterItWasGivenUpIsDroppedToo() {
        try (ChainTester chain = RespChain.of(time, losing().loseReplies(1).build())) {
            chain.client().send("GET a\r\n");
            Arrival slow = chain.sink().next();
            time.pass(LOST);
            chain.client().expect(READ_LOST);
            slow.answer(RespChain.OK);
            time.settle();
        }
    }

    @Test
    void behindATimeoutThatIsShorterALostRequestEndsWithThat() {
        FaultInjection faults = losing().loseRequests(1).build();
        try (ChainTester chain = RespChain.of(time, Timeout.after(TWENTY), faults)) {
            chain.client().send("GET a\r\n");
            await().until(() -> faults.count(Fault.LOST_REQUEST) == 1);
            time.pass(TWENTY);
            chain.client().expect("-ERR no reply within 20 ms\r\n");
            time.pass(LOST);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_REQUEST", "LOST_REPLY"})
    void whatTheSessionHangsOnIsNotLostWithoutTheConnection(Fault fault) {
        FaultInjection faults = losing().when(request -> true).build();
        faults.rate(fault, 1);
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("SELECT 1\r\n").expectEnd();
            assertThat(chain.sink().operations()).isEqualTo(fault == Fault.LOST_REPLY ? List.of("SELECT") : List.of());
            assertThat(faults.count(Fault.DISCONNECT)).isEqualTo(1);
            assertThat(faults.count(fault)).isZero();
        }
    }

    @Test
    void aTransactionIsNotCarriedOutWithoutWhatWasLost() {
        try (ChainTester chain =
                RespChain.answeringOk(time, losing().loseRequests(1).build())) {
            chain.client().send("MULTI\r\n").expect(OK);
            chain.client().send("SET a 1\r\nEXEC\r\n").expectEnd();
            assertThat(chain.sink().operations()).containsExactly("MULTI");
        }
    }

    // --- errors

    @Test
    void anErrorIsThatOfItsKindAndNothingIsSent() {
        Failure failure = new Failure(Failure.Kind.OVERLOADED, "try again later");
        FaultInjection faults = FaultInjection.builder().error(1, failure).build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("GET a\r\nSELECT 1\r\nSET a 1\r\n");
            chain.client().expect("-ERR try again later\r\n" + OK + "-ERR try again later\r\n");
            assertThat(chain.sink().operations()).containsExactly("SELECT");
            assertThat(shown(chain, "error")).isEqualTo(2);
        }
    }

    @Test
    void aRetryInFrontGetsPastAnError() {
        FaultInjection faults = FaultInjection.builder()
                .error(0.5, new Failure(Failure.Kind.UNAVAILABLE, "away"))
                .seed(5)
                .build();
        Retry retry = Retry.to(20).deadline(Duration.ofHours(1)).build();
        try (ChainTester chain = RespChain.answeringOk(time, retry, faults)) {
            for (int i = 0; i < 10; i++) {
                chain.client().send("SET a 1\r\n");
                int sent = i + 1;
                await().until(() -> {
                    time.pass(Duration.ofSeconds(1));
                    return chain.sink().arrivals().size() == sent;
                });
                chain.client().expect(OK);
            }
            assertThat(faults.count(Fault.ERROR)).isPositive();
        }
    }

    // --- connections

    @Test
    void aConnectionThatIsCutTakesWithItWhatIsUnderWay() {
        FaultInjection faults = FaultInjection.builder()
                .disconnect(1)
                .when(request -> request.query().operation().equals("SET"))
                .seed(1)
                .build();
        try (ChainTester chain = RespChain.of(time, faults)) {
            chain.client().send("GET a\r\n");
            Arrival first = chain.sink().next();
            chain.sink().answers(RespChain.OK);
            chain.client().send("SET a 1\r\nGET b\r\n").expectEnd();
            first.answer(RespChain.OK);
            assertThat(chain.sink().arrivals())
                    .noneMatch(arrival -> arrival.text().contains("\r\nb\r\n"));
            assertThat(shown(chain, "disconnect")).isEqualTo(1);
            chain.connect().send("GET a\r\n").expect(OK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionIsCutBeforeARequestOrWhenItWasCarriedOut(boolean isLate) {
        FaultInjection faults = FaultInjection.builder()
                .disconnect(1)
                .seed(seedThatCuts(isLate))
                .build();
        try (ChainTester chain = RespChain.of(time, faults)) {
            chain.client().send("SET a 1\r\n");
            if (isLate) {
                chain.sink().next().answer(RespChain.OK);
            }
            chain.client().expectEnd();
            assertThat(chain.sink().arrivals()).hasSize(isLate ? 1 : 0);
        }
    }

    @Test
    void aClientThatIsGoneLeavesNothingBehind() {
        FaultInjection faults = FaultInjection.builder()
                .delay(1, TWENTY, TWENTY)
                .when(request -> request.query().operation().equals("SET"))
                .build();
        FaultInjection losses = losing().loseRequests(1).build();
        try (ChainTester chain = RespChain.of(time, losses, faults)) {
            losses.rate(Fault.LOST_REQUEST, 0);
            chain.client().send("SET a 1\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 1);
            losses.rate(Fault.LOST_REQUEST, 1);
            chain.client().send("GET a\r\n");
            await().until(() -> losses.count(Fault.LOST_REQUEST) == 1);
            chain.client().close();
            // Time stands still, so what waits for it would be found by the tester.
            time.settle();
        }
    }

    // --- the handle

    @Test
    void faultsAreSwitchedOffAndOnWhileItRuns() {
        FaultInjection faults = FaultInjection.builder()
                .error(1, new Failure(Failure.Kind.OVERLOADED, "no"))
                .build();
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            TestClient client = chain.client();
            client.send("GET a\r\n").expect("-ERR no\r\n");
            faults.off();
            client.send("GET a\r\n").expect(OK);
            assertThat(faults.isOn()).isFalse();
            assertThat(chain.meters().get("kawarau.faults.on").gauge().value()).isZero();
            faults.on();
            client.send("GET a\r\n").expect("-ERR no\r\n");
            faults.rate(Fault.ERROR, 0);
            client.send("GET a\r\n").expect(OK);
            assertThat(faults.rate(Fault.ERROR)).isZero();
            assertThat(chain.meters().get("kawarau.faults.on").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedInWords() {
        FaultInjection.Builder builder = FaultInjection.builder().seed(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.disconnect(1.5))
                .withMessage("a fault has a rate from 0, for no request, to 1, for each, not 1.5; 0.01 is one in a"
                        + " hundred");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.loseReplies(Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.delay(1, TWENTY, Duration.ofMillis(19)))
                .withMessage("a delay is of up to an hour, the longest at least as long as the shortest, not of"
                        + " PT0.02S to PT0.019S");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.lostAfter(Duration.ZERO));
        assertThat(builder.delay(0.5, TWENTY, TWENTY).loseReplies(0.01).build())
                .hasToString("FaultInjection of seed 7, {delay 0.5, lost_reply 0.01}");
    }

    // --- chance

    @Test
    void eachFaultHitsAsManyRequestsAsItsRateSays() {
        FaultRates rates = FaultRates.NONE.with(Fault.DELAY, 0.3).with(Fault.ERROR, 0.02);
        Fate.Series series = new Fate.Series(11, 4);
        int delayed = 0;
        int failed = 0;
        int both = 0;
        double share = 0;
        for (int i = 0; i < 100_000; i++) {
            Fate fate = series.next(rates);
            delayed += fate.isDelayed() ? 1 : 0;
            failed += fate.fault() == Fault.ERROR ? 1 : 0;
            both += fate.isDelayed() && fate.fault() == Fault.ERROR ? 1 : 0;
            share += fate.isDelayed() ? fate.share() : 0;
        }
        assertThat(delayed).isCloseTo(30_000, within(600));
        assertThat(failed).isCloseTo(2_000, within(200));
        assertThat(both).isCloseTo(600, within(120));
        assertThat(share / delayed).isCloseTo(0.5, within(0.01));
    }

    @Test
    void whatIsRaisedHitsWhatItHitBeforeAndChangesNothingOfTheRest() {
        FaultRates few = FaultRates.NONE.with(Fault.DELAY, 0.3).with(Fault.ERROR, 0.1);
        FaultRates more = few.with(Fault.ERROR, 0.5);
        Fate.Series before = new Fate.Series(11, 4);
        Fate.Series after = new Fate.Series(11, 4);
        for (int i = 0; i < 1_000; i++) {
            Fate one = before.next(few);
            Fate other = i % 7 == 0 ? after.skip() : after.next(more);
            if (i % 7 != 0) {
                assertThat(other.isDelayed()).isEqualTo(one.isDelayed());
                assertThat(other.share()).isEqualTo(one.share());
                assertThat(one.fault() == null || other.fault() == Fault.ERROR).isTrue();
            }
        }
    }
}
