package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import dev.kawarau.Failure;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CircuitBreaker.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final String OK = "+OK\r\n";
    private static final String DOWN = "-ERR down\r\n";
    private static final String REFUSED =
            "-ERR circuit breaker \"db\" is open, since too many requests failed; this one was not sent\r\n";
    private static final Failure FAILURE = new Failure(Failure.Kind.UNAVAILABLE, "down", true, null);

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    /** Opens when two of the last four failed, for a second, and closes after two probes. */
    private static CircuitBreaker.Builder breaker() {
        return CircuitBreaker.to("db")
                .window(4, 4)
                .failureRate(50)
                .openFor(Duration.ofSeconds(1))
                .probes(2);
    }

    private ChainTester chain(CircuitBreaker breaker) {
        return RespChain.answeringOk(time, breaker);
    }

    private static void open(ChainTester chain) {
        chain.sink().fails(FAILURE);
        chain.client().send("GET a\r\n".repeat(4)).expect(DOWN.repeat(4));
    }

    private static double state(ChainTester chain, String state) {
        return chain.meters()
                .get("kawarau.breaker.state")
                .tag("state", state)
                .gauge()
                .value();
    }

    @Test
    void whenTooManyFailTheRestIsRefusedAtOnce() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            chain.client().send("GET a\r\nGET a\r\n").expect(OK + OK);
            chain.sink().fails(FAILURE);
            chain.client().send("GET a\r\n").expect(DOWN);
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            chain.client().send("GET a\r\nGET a\r\nSET a 1\r\n").expect(DOWN + REFUSED + REFUSED);

            assertThat(breaker.state()).isEqualTo(State.OPEN);
            assertThat(chain.sink().arrivals()).hasSize(4);
            assertThat(state(chain, "open")).isEqualTo(1);
            assertThat(state(chain, "closed")).isZero();
            assertThat(chain.meters()
                            .get("kawarau.breaker.refused")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void allClientsHaveOneCircuit() {
        try (ChainTester chain = chain(breaker().build())) {
            open(chain);
            chain.connect().send("GET a\r\n").expect(REFUSED);
        }
    }

    @Test
    void afterAWhileAFewProbesCloseIt() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            open(chain);
            time.pass(Duration.ofMillis(999));
            chain.client().send("GET a\r\n").expect(REFUSED);
            time.pass(Duration.ofMillis(2));
            chain.sink().holds();
            int before = chain.sink().arrivals().size();
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n");
            time.settle();
            chain.connect().send("GET d\r\n").expect(REFUSED);
            assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
            assertThat(chain.sink().arrivals()).hasSize(before + 2);
            chain.sink().arrivals().get(before).answer(RespChain.OK);
            chain.sink().arrivals().get(before + 1).answer(RespChain.OK);
            chain.client().expect(OK + OK + REFUSED);
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            chain.sink().answers(RespChain.OK);
            chain.client().send("GET a\r\n").expect(OK);
        }
    }

    @Test
    void probesThatFailOpenItAgain() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            open(chain);
            time.pass(Duration.ofMillis(1_001));
            chain.client().send("GET a\r\nGET a\r\nGET a\r\n").expect(DOWN + DOWN + REFUSED);
            assertThat(breaker.state()).isEqualTo(State.OPEN);
            assertThat(chain.meters()
                            .get("kawarau.breaker.opened")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void whatWasSentBeforeTheStateChangedHasNoSayInTheNext() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            chain.sink().holds();
            chain.client().send("GET a\r\nGET b\r\n");
            Arrival early = chain.sink().next();
            Arrival alsoEarly = chain.sink().next();
            time.settle(); // else the script might be another by the time it is asked
            chain.sink().fails(FAILURE);
            chain.connect().send("GET a\r\n".repeat(4)).expect(DOWN.repeat(4));
            time.pass(Duration.ofMillis(1_001));
            chain.sink().holds();
            chain.connect().send("GET p\r\n");
            for (int i = 0; i < 4; i++) {
                chain.sink().next();
            }
            Arrival probe = chain.sink().next();
            assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
            early.answer(RespChain.OK);
            alsoEarly.answer(RespChain.OK);
            chain.client().expect(OK + OK);
            assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
            probe.answer(RespChain.OK);
            time.settle();
        }
    }

    @Test
    void errorsOfTheDatabaseAndRefusalsAreNoFailures() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            chain.sink().answers(RespMessage.error("WRONGTYPE no"));
            chain.client().send("GET a\r\n".repeat(4)).expect("-WRONGTYPE no\r\n".repeat(4));
            chain.sink().fails(new Failure(Failure.Kind.OVERLOADED, "throttled"));
            chain.client().send("GET a\r\n".repeat(8)).expect("-ERR throttled\r\n".repeat(8));
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            chain.sink().fails(FAILURE);
            chain.client().send("GET a\r\nGET a\r\n").expect(DOWN + DOWN);
            assertThat(breaker.state()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void whatCountsAsFailedIsForTheUserToSay() {
        CircuitBreaker breaker = breaker()
                .onResponse(response ->
                        response.bytes().toString(StandardCharsets.UTF_8).startsWith("-LOADING"))
                .onFailure(failure -> failure.kind() == Failure.Kind.OVERLOADED)
                .build();
        try (ChainTester chain = chain(breaker)) {
            chain.sink().fails(FAILURE);
            chain.client().send("GET a\r\n".repeat(4)).expect(DOWN.repeat(4));
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            chain.sink().answers(RespMessage.error("LOADING wait"));
            chain.client().send("GET a\r\n".repeat(4)).expect("-LOADING wait\r\n".repeat(4));
            assertThat(breaker.state()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void whatIsOfTheSessionPassesAndWhatBlocksIsNoProbe() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            open(chain);
            chain.sink().answers(RespChain.OK);
            chain.client().send("SELECT 1\r\nSUBSCRIBE x\r\n").expect(OK + OK);
            time.pass(Duration.ofMillis(1_001));
            chain.client().send("BLPOP a 0\r\n").expect(REFUSED);
            chain.client().send("GET a\r\nGET a\r\n").expect(OK + OK);
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            chain.client().send("BLPOP a 0\r\n").expect(OK);
        }
    }

    @Test
    void itCanBeForcedAndLetGo() {
        CircuitBreaker breaker = breaker().build();
        try (ChainTester chain = chain(breaker)) {
            breaker.forceOpen();
            assertThat(breaker.state()).isEqualTo(State.OPEN);
            time.pass(Duration.ofSeconds(5));
            chain.client().send("GET a\r\n").expect(REFUSED);
            breaker.forceClosed();
            chain.sink().fails(FAILURE);
            chain.client().send("GET a\r\n".repeat(10)).expect(DOWN.repeat(10));
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
            breaker.reset();
            open(chain);
            assertThat(breaker.state()).isEqualTo(State.OPEN);
            breaker.reset();
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
        }
    }

    @Test
    void driversAreToldThatTheRequestWasNotApplied() {
        CircuitBreaker breaker = breaker().build();
        try (CqlChain chain = CqlChain.of(time, breaker)) {
            breaker.forceOpen();
            Unavailable error = (Unavailable) chain.answer(new Query("SELECT a FROM ks.t WHERE k = 1"));
            assertThat(error.message).startsWith("circuit breaker \"db\" is open");
        }
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException().isThrownBy(() -> CircuitBreaker.named(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> breaker().failureRate(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> breaker().window(10, 20))
                .withMessageContaining("at most as many to open, not 10 and 20");
        assertThatIllegalArgumentException().isThrownBy(() -> breaker().openFor(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> breaker().probes(0));
        assertThat(CircuitBreaker.named("db")).hasToString("CircuitBreaker \"db\"");
    }
}
