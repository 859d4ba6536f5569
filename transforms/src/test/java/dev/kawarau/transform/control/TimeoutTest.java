package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import dev.kawarau.Failure;
import dev.kawarau.Query.Kind;
import dev.kawarau.Transform;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimeoutTest {
    private static final String OK = "+OK\r\n";
    private static final String READ_EXPIRED = "-ERR no reply within 100 ms\r\n";
    private static final Duration TIME = Duration.ofMillis(100);

    private final VirtualTime time = new VirtualTime();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final Transform seeing = (request, next) -> next.send(request).whenDone((response, failure) -> {
        if (failure != null) {
            failures.add((Failure) failure);
        }
    });

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Timeout timeout) {
        return RespChain.of(time, seeing, timeout);
    }

    private static double count(ChainTester chain, String name) {
        return chain.meters().get("kawarau.timeout." + name).functionCounter().count();
    }

    @Test
    void whatIsNotAnsweredInTimeFailsAndItsLateReplyIsDropped() {
        try (ChainTester chain = chain(Timeout.after(TIME))) {
            chain.client().send("SET a 1\r\n");
            Arrival set = chain.sink().next();
            time.pass(Duration.ofMillis(99));
            assertThat(failures).isEmpty();
            time.pass(Duration.ofMillis(1));
            chain.client().expect("-ERR no reply within 100 ms; the request may have been applied, or may be yet\r\n");
            assertThat(failures).singleElement().satisfies(failure -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.TIMEOUT);
                assertThat(failure.maybeApplied()).isTrue();
            });

            set.answer(RespChain.OK);
            await().until(() -> count(chain, "late") == 1);
            chain.client().send("GET a\r\n");
            chain.sink().next().answer(RespChain.OK);
            chain.client().expect(OK);
            assertThat(count(chain, "expired")).isEqualTo(1);
        }
    }

    @Test
    void repliesKeepTheirOrder() {
        try (ChainTester chain = chain(Timeout.after(TIME))) {
            chain.client().send("GET a\r\nGET b\r\n");
            Arrival slow = chain.sink().next();
            chain.sink().next().answer(RespChain.OK);
            time.pass(TIME);
            chain.client().expect(READ_EXPIRED + OK);
            slow.fail(new Failure(Failure.Kind.UNAVAILABLE, "late"));
            time.settle();
        }
    }

    @Test
    void eachRequestHasItsTimeFromItsOwnBeginning() {
        try (ChainTester chain = chain(Timeout.after(TIME))) {
            chain.client().send("GET a\r\n");
            Arrival first = chain.sink().next();
            time.pass(Duration.ofMillis(60));
            chain.client().send("GET b\r\nGET c\r\n");
            Arrival second = chain.sink().next();
            Arrival third = chain.sink().next();
            time.pass(Duration.ofMillis(40));
            chain.client().expect(READ_EXPIRED);
            second.answer(RespChain.OK);
            chain.client().expect(OK);
            assertThat(failures).hasSize(1);
            time.pass(Duration.ofMillis(60));
            chain.client().expect(READ_EXPIRED);
            first.answer(RespChain.OK);
            third.answer(RespChain.OK);
            time.settle();
        }
    }

    @Test
    void whatBlocksAndWhatChangesTheSessionHasNoLimit() {
        try (ChainTester chain = chain(Timeout.after(TIME))) {
            chain.client().send("BLPOP a 0\r\nSELECT 1\r\nSUBSCRIBE x\r\n");
            Arrival pop = chain.sink().next();
            Arrival select = chain.sink().next();
            Arrival subscribe = chain.sink().next();
            time.pass(Duration.ofSeconds(1));
            pop.answer(RespChain.OK);
            select.answer(RespChain.OK);
            subscribe.answer(RespChain.OK);
            chain.client().expect(OK + OK + OK);
        }
    }

    @Test
    void kindsHaveTimesOfTheirOwn() {
        Timeout timeout = Timeout.to(Duration.ofSeconds(1)).of(Kind.READ, TIME).build();
        try (ChainTester chain = chain(timeout)) {
            chain.client().send("GET a\r\nSET a 1\r\n");
            Arrival get = chain.sink().next();
            Arrival set = chain.sink().next();
            time.pass(TIME);
            chain.client().expect(READ_EXPIRED);
            time.pass(Duration.ofMillis(899));
            assertThat(failures).hasSize(1);
            time.pass(Duration.ofMillis(1));
            chain.client().expect("-ERR no reply within 1000 ms;");
            get.answer(RespChain.OK);
            set.answer(RespChain.OK);
            time.settle();
        }
    }

    @Test
    void aFunctionMayDecide() {
        Timeout timeout = Timeout.by(request -> request.query().isBlocking() ? TIME : null);
        try (ChainTester chain = chain(timeout)) {
            chain.client().send("BLPOP a 0\r\nGET b\r\n");
            Arrival pop = chain.sink().next();
            Arrival get = chain.sink().next();
            time.pass(Duration.ofSeconds(1));
            chain.client().expect("-ERR no reply within 100 ms; the request may have been applied, or may be yet\r\n");
            get.answer(RespChain.OK);
            chain.client().expect(OK);
            pop.answer(RespChain.OK);
            time.settle();
        }
    }

    @Test
    void aClientThatIsGoneLeavesNothingBehind() {
        try (ChainTester chain = chain(Timeout.after(TIME))) {
            chain.client().send("GET a\r\n");
            Arrival get = chain.sink().next();
            chain.client().close();
            time.pass(TIME);
            assertThat(failures).hasSize(1);
            get.answer(RespChain.OK);
            await().until(() -> count(chain, "late") == 1);
        }
    }

    @Test
    void driversGetTheTimeoutsThatTheyKnow() {
        try (CqlChain chain = CqlChain.of(time, Timeout.after(TIME))) {
            chain.tester().sink().next();
            chain.tester().sink().holds();
            chain.send(1, new Query("SELECT a FROM ks.t WHERE k = 1"));
            Arrival select = chain.tester().sink().next();
            chain.send(2, new Query("INSERT INTO ks.t (k) VALUES (1)"));
            Arrival insert = chain.tester().sink().next();
            time.pass(TIME);
            assertThat(chain.receive().message)
                    .isInstanceOfSatisfying(
                            ReadTimeout.class, error -> assertThat(error.code).isEqualTo(ErrorCode.READ_TIMEOUT));
            assertThat(chain.receive().message).isInstanceOf(WriteTimeout.class);
            select.fail(new Failure(Failure.Kind.UNAVAILABLE, "late"));
            insert.fail(new Failure(Failure.Kind.UNAVAILABLE, "late"));
            time.settle();
        }
    }

    @Test
    void whatIsNoTimeIsRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Timeout.after(Duration.ZERO))
                .withMessage("a Timeout is of at least a millisecond and at most a day, not PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> Timeout.to(TIME).of(Kind.READ, Duration.ofDays(2)));
        assertThat(Timeout.to(TIME).of(Kind.READ, TIME).build()).hasToString("Timeout after PT0.1S, {READ=PT0.1S}");
    }
}
