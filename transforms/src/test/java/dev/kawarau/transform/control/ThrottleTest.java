package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final String OK = "+OK\r\n";
    private static final String REFUSED = "-ERR more requests than 10 in a second, try again later\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Throttle throttle) {
        return RespChain.answeringOk(time, throttle);
    }

    private static Throttle.Builder tenPerSecond() {
        return Throttle.to(10, Duration.ofSeconds(1));
    }

    private static double count(ChainTester chain, String meter) {
        return chain.meters().get(meter).functionCounter().count();
    }

    @Test
    void aBurstPassesAndThenOneForEachInterval() {
        try (ChainTester chain = chain(tenPerSecond().burst(2).build())) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n").expect(OK + OK + REFUSED);
            time.pass(Duration.ofMillis(99));
            chain.client().send("GET a\r\n").expect(REFUSED);
            time.pass(Duration.ofMillis(1));
            chain.client().send("GET a\r\nGET b\r\n").expect(OK + REFUSED);

            assertThat(chain.sink().arrivals()).hasSize(3);
            assertThat(count(chain, "kawarau.throttle.refused")).isEqualTo(3);
        }
    }

    @Test
    void allClientsShareOneLimit() {
        try (ChainTester chain = chain(Throttle.perSecond(2))) {
            chain.client().send("GET a\r\n").expect(OK);
            chain.connect().send("GET a\r\n").expect(OK);
            chain.connect().send("GET a\r\n").expect("-ERR more requests than 2 in a second");
        }
    }

    @Test
    void eachConnectionHasItsOwnLimit() {
        try (ChainTester chain = chain(tenPerSecond().burst(1).perSession().build())) {
            chain.client()
                    .send("GET a\r\nGET a\r\n")
                    .expect(OK + "-ERR more requests than 10 in a second for each connection");
            chain.connect().send("GET a\r\n").expect(OK);
        }
    }

    private static String firstKey(dev.kawarau.Message request) {
        List<ByteBuf> keys = request.query().keys();
        return keys.isEmpty() ? null : keys.get(0).toString(StandardCharsets.UTF_8);
    }

    @Test
    void eachKeyHasItsOwnLimitAndWhatHasNoKeyHasNone() {
        try (ChainTester chain =
                chain(tenPerSecond().burst(1).by(ThrottleTest::firstKey).build())) {
            chain.client().send("GET a\r\nGET b\r\nGET a\r\nPING\r\nPING\r\n");
            chain.client()
                    .expect(OK + OK + "-ERR more requests than 10 in a second for each key, try again later\r\n" + OK
                            + OK);
        }
    }

    @Test
    void keysBeyondTheBoundShareALimitUntilOthersAreForgotten() {
        try (ChainTester chain =
                chain(tenPerSecond().burst(1).by(ThrottleTest::firstKey, 2).build())) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n").expect(OK + OK + OK);
            chain.client()
                    .send("GET d\r\n")
                    .expect("-ERR more requests than 10 in a second for each key, try again later\r\n");
            time.pass(Duration.ofMillis(100));
            chain.client().send("GET d\r\nGET e\r\nGET f\r\n").expect(OK + OK + OK);
            chain.client().send("GET g\r\n").expect("-ERR more requests than 10");
        }
    }

    @Test
    void whatChangesTheSessionPasses() {
        try (ChainTester chain = chain(tenPerSecond().burst(1).build())) {
            chain.client()
                    .send("GET a\r\nSELECT 1\r\nCLIENT SETNAME x\r\nGET b\r\n")
                    .expect(OK + OK + OK + REFUSED);
        }
    }

    @Test
    void whatIsExemptIsForTheUserToSay() {
        Throttle throttle = tenPerSecond()
                .burst(1)
                .exempt(request -> request.query().operation().equals("PING"))
                .build();
        try (ChainTester chain = chain(throttle)) {
            chain.client().send("SELECT 1\r\nPING\r\nPING\r\nSELECT 1\r\n").expect(OK + OK + OK + REFUSED);
        }
    }

    @Test
    void theLimitCanBeChangedWhileItIsInUse() {
        Throttle throttle = Throttle.perSecond(1);
        try (ChainTester chain = chain(throttle)) {
            chain.client()
                    .send("GET a\r\nGET a\r\n")
                    .expect(OK + "-ERR more requests than 1 in a second, try again later\r\n");
            time.pass(Duration.ofSeconds(1));

            throttle.limit(3);

            assertThat(throttle.limit()).isEqualTo(3);
            chain.client()
                    .send("GET a\r\nGET a\r\nGET a\r\nGET a\r\n")
                    .expect(OK + OK + OK + "-ERR more requests than 3");
            throttle.limit(1_000, 5);
            assertThat(throttle).hasToString("Throttle of 1000 in PT1S, 5 at once");
        }
    }

    @Test
    void eachStatementOfABatchCountsAndOneThatIsTooLargeIsRefusedForGood() {
        try (CqlChain chain = CqlChain.of(time, tenPerSecond().burst(3).build())) {
            String insert = "INSERT INTO ks.t (k) VALUES (1); ";

            assertThat(chain.answer(new Query("BEGIN BATCH " + insert + insert + "APPLY BATCH")))
                    .isInstanceOf(Void.class);
            Error refused = (Error) chain.answer(new Query("BEGIN BATCH " + insert + insert + "APPLY BATCH"));
            Error tooLarge = (Error) chain.answer(new Query("BEGIN BATCH " + insert.repeat(4) + "APPLY BATCH"));

            assertThat(refused.code).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(refused.message).contains("more requests than 10 in a second");
            assertThat(tooLarge.code).isEqualTo(ErrorCode.INVALID);
            assertThat(tooLarge.message).contains("a batch of 4 statements is more than the 3 that may pass at once");
            assertThat(chain.answer(new Query("SELECT a FROM ks.t WHERE k = 1")))
                    .isInstanceOf(Void.class);
        }
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException().isThrownBy(() -> Throttle.perSecond(0));
        assertThatIllegalArgumentException().isThrownBy(() -> tenPerSecond().burst(0));
        assertThatIllegalArgumentException().isThrownBy(() -> tenPerSecond().by(request -> 1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tenPerSecond().waiting(Duration.ZERO, 1))
                .withMessageContaining("without waiting() they are refused at once");
        assertThatIllegalArgumentException().isThrownBy(() -> tenPerSecond().waiting(Duration.ofSeconds(1), 0));
    }
}
