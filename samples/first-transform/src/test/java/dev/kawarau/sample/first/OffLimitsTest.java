package dev.kawarau.sample.first;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import org.junit.jupiter.api.Test;

class OffLimitsTest {
    /** A client, a real listener, the transform, and a sink for the test to script. */
    private static ChainTester salariesAreOffLimits() {
        ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), new OffLimits("salary:"));
        chain.sink().answers(RespMessage.of(RespValue.ok()));
        return chain;
    }

    @Test
    void otherKeysPass() {
        try (ChainTester chain = salariesAreOffLimits()) {
            chain.client().send("GET name:1\r\nPING\r\n").expect("+OK\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("GET", "PING");
        }
    }

    @Test
    void aRequestThatNamesOneIsRefusedAndItsConnectionStaysOpen() {
        try (ChainTester chain = salariesAreOffLimits()) {
            chain.client()
                    .send("MGET name:1 salary:1\r\nGET name:2\r\n")
                    .expect("-NOPERM MGET is refused: keys like salary:* are off limits\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("GET");
        }
    }

    @Test
    void aRequestThatMayTouchOneUnnamedIsRefused() {
        try (ChainTester chain = salariesAreOffLimits()) {
            chain.client().send("FLUSHALL\r\n").expect("-NOPERM FLUSHALL is refused");

            assertThat(chain.sink().arrivals()).isEmpty();
        }
    }
}
