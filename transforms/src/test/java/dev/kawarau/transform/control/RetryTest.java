package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import dev.kawarau.Failure;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
    private static final String OK = "+OK\r\n";
    private static final String DOWN = "-ERR down\r\n";
    private static final Failure NOT_APPLIED = new Failure(Failure.Kind.UNAVAILABLE, "down");
    private static final Failure MAYBE_APPLIED = new Failure(Failure.Kind.UNAVAILABLE, "down", true, null);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Retry retry) {
        return RespChain.of(time, retry);
    }

    private static double count(ChainTester chain, String name) {
        return chain.meters().get("kawarau.retry." + name).functionCounter().count();
    }

    /** The next request at the sink fails, and its pause is over. */
    private Arrival fail(ChainTester chain, Failure failure) {
        Arrival arrival = chain.sink().next();
        arrival.fail(failure);
        time.pass(PAUSE);
        return arrival;
    }

    @Test
    void aReadThatFailedIsRepeated() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("GET a\r\n");
            fail(chain, MAYBE_APPLIED);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
            assertThat(count(chain, "attempts")).isEqualTo(1);
            assertThat(count(chain, "recovered")).isEqualTo(1);
        }
    }

    @Test
    void aWriteIsRepeatedOnlyIfItWasNotApplied() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("SET a 1\r\n");
            fail(chain, MAYBE_APPLIED);
            chain.client().expect(DOWN).send("SET a 2\r\n");
            fail(chain, NOT_APPLIED);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
            assertThat(chain.sink().arrivals()).hasSize(3);
        }
    }

    @Test
    void whatMayBeCarriedOutTwiceIsForTheUserToSay() {
        Retry retry = Retry.to(2)
                .idempotent(request -> request.query().operation().equals("SET"))
                .build();
        try (ChainTester chain = chain(retry)) {
            chain.client().send("SET a 1\r\n");
            fail(chain, MAYBE_APPLIED);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
        }
    }

    @Test
    void whatTheSessionSendsNextWaitsUntilTheRetryIsOver() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("SET a 1\r\n");
            chain.sink().next().fail(NOT_APPLIED);
            time.settle();
            chain.client().send("GET a\r\nSELECT 1\r\n");
            time.settle();
            chain.connect().send("PING\r\n");
            chain.sink().next().answer(RespChain.OK);
            time.pass(PAUSE);
            Arrival again = chain.sink().next();
            assertThat(chain.sink().operations()).containsExactly("SET", "PING", "SET");
            again.answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK + OK + OK);
            assertThat(chain.sink().operations()).containsExactly("SET", "PING", "SET", "GET", "SELECT");
        }
    }

    @Test
    void whatWaitedIsRepeatedTooIfItFails() {
        try (ChainTester chain = chain(Retry.attempts(2))) {
            chain.client().send("SET a 1\r\n");
            chain.sink().next().fail(NOT_APPLIED);
            time.settle();
            chain.client().send("INCR b\r\nDEL c\r\n");
            time.pass(PAUSE);
            chain.sink().next().answer(RespChain.OK);
            Arrival incr = chain.sink().next();
            assertThat(incr.operation()).isEqualTo("INCR");
            Arrival del = chain.sink().next();
            incr.fail(NOT_APPLIED);
            del.fail(NOT_APPLIED);
            time.pass(PAUSE);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK + DOWN + OK);
            assertThat(chain.sink().operations()).containsExactly("SET", "SET", "INCR", "DEL", "DEL");
        }
    }

    @Test
    void nothingIsRepeatedThatOtherRequestsOvertook() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("GET a\r\nSET a 1\r\nGET a\r\n");
            Arrival read = chain.sink().next();
            Arrival write = chain.sink().next();
            Arrival last = chain.sink().next();
            read.fail(NOT_APPLIED);
            write.fail(NOT_APPLIED);
            last.fail(NOT_APPLIED);
            time.pass(PAUSE);
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(DOWN + DOWN + OK);
            assertThat(count(chain, "outoforder")).isEqualTo(2);
        }
    }

    @Test
    void readsMayBeRepeatedAfterReads() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n");
            Arrival first = chain.sink().next();
            Arrival second = chain.sink().next();
            first.fail(NOT_APPLIED);
            second.fail(NOT_APPLIED);
            chain.sink().next().answer(RespChain.OK);
            time.settle();
            chain.client().send("SET a 1\r\n");
            time.pass(PAUSE);
            chain.sink().next().answer(RespChain.OK);
            chain.sink().next().answer(RespChain.OK);
            assertThat(chain.sink().next().operation()).isEqualTo("SET");
            chain.sink().arrivals().get(5).answer(RespChain.OK);
            chain.client().expect(OK + OK + OK + OK);
        }
    }

    @Test
    void whatIsOfTheSessionIsNotRepeated() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("SELECT 1\r\n");
            fail(chain, NOT_APPLIED);
            chain.client().expect(DOWN).send("SUBSCRIBE a\r\n");
            fail(chain, NOT_APPLIED);
            chain.client().expect(DOWN);
            assertThat(chain.sink().arrivals()).hasSize(2);
        }
    }

    @Test
    void otherFailuresAreNotRepeated() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("GET a\r\n");
            fail(chain, new Failure(Failure.Kind.TIMEOUT, "slow"));
            chain.client().expect("-ERR slow\r\n").send("GET a\r\n");
            chain.sink().next().fail(new IllegalStateException("a bug"));
            chain.client().expect("-ERR internal error");
        }
    }

    @Test
    void errorsOfTheDatabaseAreRepeatedIfThatIsWanted() {
        Retry retry = Retry.to(2)
                .onResponse(response ->
                        response.bytes().toString(StandardCharsets.UTF_8).startsWith("-LOADING"))
                .build();
        try (ChainTester chain = chain(retry)) {
            chain.client().send("GET a\r\n");
            chain.sink().next().answer(RespMessage.error("LOADING wait"));
            time.pass(PAUSE);
            chain.sink().next().answer(RespMessage.error("WRONGTYPE no"));
            chain.client().expect("-WRONGTYPE no\r\n").send("SET a 1\r\n");
            chain.sink().next().answer(RespMessage.error("LOADING wait"));
            chain.client().expect("-LOADING wait\r\n");
        }
    }

    @Test
    void pausesDoubleAndAreRandomInTheirUpperHalf() {
        Retry retry = Retry.to(4)
                .backOff(Duration.ofMillis(100), Duration.ofMillis(300))
                .seed(1)
                .build();
        try (ChainTester chain = chain(retry)) {
            chain.client().send("GET a\r\n");
            long[] longest = {100, 200, 300};
            for (long most : longest) {
                chain.sink().next().fail(NOT_APPLIED);
                int before = chain.sink().arrivals().size();
                time.pass(Duration.ofMillis(most / 2 - 1));
                assertThat(chain.sink().arrivals()).hasSize(before);
                time.pass(Duration.ofMillis(most / 2 + 1));
                assertThat(chain.sink().arrivals()).hasSize(before + 1);
            }
            chain.sink().next().fail(NOT_APPLIED);
            chain.client().expect(DOWN);
            assertThat(count(chain, "attempts")).isEqualTo(3);
            assertThat(count(chain, "exhausted")).isEqualTo(1);
        }
    }

    @Test
    void noAttemptBeginsAfterTheDeadline() {
        Retry retry = Retry.to(100)
                .backOff(Duration.ofMillis(100), Duration.ofMillis(100))
                .deadline(Duration.ofMillis(250))
                .build();
        try (ChainTester chain = chain(retry)) {
            chain.sink().fails(NOT_APPLIED);
            chain.client().send("GET a\r\n");
            chain.sink().next();
            time.pass(Duration.ofSeconds(1));
            chain.client().expect(DOWN);
            assertThat(chain.sink().arrivals()).hasSizeBetween(3, 5);
        }
    }

    @Test
    void retriesNeverExceedTheirBudget() {
        try (ChainTester chain = chain(Retry.to(3).budget(0.1, 5).build())) {
            chain.sink().fails(NOT_APPLIED);
            for (int i = 0; i < 40; i++) {
                int before = chain.sink().arrivals().size();
                chain.client().send("GET a\r\n");
                await().until(() -> chain.sink().arrivals().size() > before);
                time.pass(Duration.ofMillis(40));
                chain.client().expect(DOWN);
            }
            assertThat(chain.sink().arrivals().size() - 40).isBetween(5, 5 + 4);
            assertThat(count(chain, "overbudget")).isPositive();
        }
    }

    @Test
    void aSessionThatClosesIsNotRepeated() {
        try (ChainTester chain = chain(Retry.attempts(3))) {
            chain.client().send("SET a 1\r\n");
            chain.sink().next().fail(NOT_APPLIED);
            time.settle();
            chain.client().send("GET b\r\n");
            time.settle();
            chain.client().close();
            time.pass(PAUSE);
            assertThat(chain.sink().operations()).containsExactly("SET");
        }
    }

    @Test
    void whereThereIsNoOrderRequestsAreRepeatedIndependently() {
        try (CqlChain chain = CqlChain.of(time, Retry.attempts(3))) {
            chain.tester().sink().next();
            chain.tester().sink().holds();
            chain.send(1, new Query("INSERT INTO ks.t (k) VALUES (1)"));
            Arrival insert = chain.tester().sink().next();
            chain.send(2, new Query("UPDATE ks.t SET n = n + 1 WHERE k = 1"));
            Arrival count = chain.tester().sink().next();
            chain.send(3, new Query("INSERT INTO ks.t (k) VALUES (1) IF NOT EXISTS"));
            Arrival conditional = chain.tester().sink().next();
            insert.fail(MAYBE_APPLIED);
            count.fail(MAYBE_APPLIED);
            conditional.fail(NOT_APPLIED);
            assertThat(chain.receive().streamId).isEqualTo(2);
            time.pass(PAUSE);
            for (int i = 0; i < 2; i++) {
                Arrival again = chain.tester().sink().next();
                assertThat(again.text()).contains("INSERT");
                again.fail(new Failure(Failure.Kind.DENIED, "enough"));
                assertThat(chain.receive().streamId).isIn(1, 3);
            }
        }
    }

    @Test
    void afterAllAttemptsDriversGetTheLastFailure() {
        try (CqlChain chain = CqlChain.of(time, Retry.attempts(2))) {
            chain.tester().sink().next();
            chain.tester().sink().holds();
            chain.send(1, new Query("SELECT a FROM ks.t WHERE k = 1"));
            chain.tester().sink().next().fail(NOT_APPLIED);
            time.pass(PAUSE);
            chain.tester().sink().next().fail(NOT_APPLIED);
            assertThat(chain.receive().message).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Retry.attempts(1))
                .withMessage("a Retry makes 2 to 100 attempts, the first one included, not 1");
        assertThatIllegalArgumentException().isThrownBy(() -> Retry.to(2).backOff(Duration.ZERO, PAUSE));
        assertThatIllegalArgumentException().isThrownBy(() -> Retry.to(2).deadline(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Retry.to(2).budget(2, 1));
        assertThat(Retry.attempts(3)).hasToString("Retry of up to 3 attempts within PT2S");
    }
}
