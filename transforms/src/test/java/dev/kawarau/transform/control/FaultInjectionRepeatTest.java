package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.FaultInjection.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link FaultInjection}: the same seed does the same again, and CQL drivers get the errors that they know. */
class FaultInjectionRepeatTest {
    private static final int REQUESTS = 200;
    private static final Query SELECT = new Query("SELECT a FROM ks.t WHERE k = 1");
    private static final Query INSERT = new Query("INSERT INTO ks.t (k) VALUES (1)");
    private static final Duration TWENTY = Duration.ofMillis(20);

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private static FaultInjection failing(long seed) {
        return FaultInjection.builder()
                .error(0.3, new Failure(Failure.Kind.OVERLOADED, "no"))
                .seed(seed)
                .build();
    }

    private static char outcome(TestClient client) {
        client.send("GET a\r\n");
        boolean fine = client.receive(1).equals("+");
        client.expect(fine ? "OK\r\n" : "ERR no\r\n");
        return fine ? '.' : 'x';
    }

    /** What became of the requests of two sessions that take turns. */
    private String overResp(long seed) {
        try (ChainTester chain = RespChain.answeringOk(time, failing(seed))) {
            StringBuilder one = new StringBuilder();
            StringBuilder other = new StringBuilder();
            TestClient second = null;
            for (int i = 0; i < REQUESTS; i++) {
                one.append(outcome(chain.client()));
                second = second == null ? chain.connect() : second;
                other.append(outcome(second));
            }
            assertThat(one).as("sessions differ").isNotEqualTo(other);
            return one + " " + other;
        }
    }

    private String overCql(long seed) {
        try (CqlChain chain = CqlChain.of(time, failing(seed))) {
            StringBuilder outcomes = new StringBuilder();
            for (int i = 0; i < REQUESTS; i++) {
                outcomes.append(chain.answer(SELECT) instanceof Void ? '.' : 'x');
            }
            return outcomes.toString();
        }
    }

    @Test
    void theSameSeedDoesTheSameToTheSameRequestsOfASession() {
        String first = overResp(42);
        assertThat(overResp(42)).isEqualTo(first);
        assertThat(overResp(43)).isNotEqualTo(first);
        assertThat(first.substring(0, REQUESTS)).contains("x").contains(".");
    }

    @Test
    void soItIsForCqlAndForTheSameRequestsOfBoth() {
        String first = overCql(42);
        assertThat(overCql(42)).isEqualTo(first);
        // STARTUP was the first of the session.
        assertThat(overResp(42).substring(1, REQUESTS)).isEqualTo(first.substring(0, REQUESTS - 1));
    }

    @Test
    void aSessionGoesToAnotherChainWhenWhatIsDelayedWasSent() {
        FaultInjection faults = FaultInjection.delay(TWENTY, TWENTY);
        Chain another = Chain.named("another").to(request -> Reply.of(RespMessage.error("OTHER chain")));
        try (ChainTester chain = RespChain.answeringOk(time, faults)) {
            chain.client().send("SET a 1\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 1);
            chain.listener().serve(another);
            chain.client().send("GET a\r\n");
            await().until(() -> faults.count(Fault.DELAY) == 2);
            time.pass(TWENTY);
            chain.client().expect("+OK\r\n+OK\r\n");
            chain.client().send("GET a\r\n").expect("-OTHER chain\r\n");
        } finally {
            another.close();
        }
    }

    @Test
    void withoutAnOrderOneRequestDoesNotWaitForAnother() {
        FaultInjection faults = FaultInjection.builder()
                .delay(1, TWENTY, TWENTY)
                .when(request -> request.query().operation().equals("INSERT"))
                .build();
        try (CqlChain chain = CqlChain.of(time, faults)) {
            chain.send(1, INSERT);
            await().until(() -> faults.count(Fault.DELAY) == 1);
            chain.send(2, SELECT);
            assertThat(chain.receive().streamId).isEqualTo(2);
            time.pass(TWENTY);
            assertThat(chain.receive().streamId).isEqualTo(1);
            assertThat(chain.tester().sink().operations()).containsExactly("STARTUP", "SELECT", "INSERT");
        }
    }

    @Test
    void driversGetTheTimeoutsThatTheyKnow() {
        FaultInjection faults =
                FaultInjection.builder().loseRequests(1).lostAfter(TWENTY).build();
        try (CqlChain chain = CqlChain.of(time, faults)) {
            chain.send(1, SELECT);
            await().until(() -> faults.count(Fault.LOST_REQUEST) == 1);
            chain.send(2, INSERT);
            await().until(() -> faults.count(Fault.LOST_REQUEST) == 2);
            time.pass(TWENTY);
            assertThat(chain.receive().message).isInstanceOf(ReadTimeout.class);
            assertThat(chain.receive().message).isInstanceOf(WriteTimeout.class);
            assertThat(chain.tester().sink().operations()).containsExactly("STARTUP");
        }
    }

    @Test
    void driversGetTheErrorThatFits() {
        FaultInjection faults = FaultInjection.builder()
                .error(1, new Failure(Failure.Kind.OVERLOADED, "try again later"))
                .build();
        try (CqlChain chain = CqlChain.of(time, faults)) {
            assertThat(chain.answer(SELECT)).isInstanceOfSatisfying(Error.class, error -> {
                assertThat(error.code).isEqualTo(ErrorCode.OVERLOADED);
                assertThat(error.message).isEqualTo("try again later");
            });
        }
    }

    @Test
    void aDriversConnectionIsCut() {
        FaultInjection faults = FaultInjection.builder().disconnect(1).seed(1).build();
        try (CqlChain chain = CqlChain.of(time, faults)) {
            chain.send(1, INSERT);
            chain.tester().client().expectEnd();
            assertThat(faults.count(Fault.DISCONNECT)).isEqualTo(1);
        }
    }
}
