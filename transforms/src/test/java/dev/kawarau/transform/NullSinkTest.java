package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.testkit.ChainTester;
import org.junit.jupiter.api.Test;

class NullSinkTest {
    @Test
    void everyRequestGetsANativeErrorAndTheConnectionStays() {
        NullSink sink = NullSink.create();
        String error = "-ERR handled by the null sink: there is no database here\r\n";

        try (ChainTester chain = RespChain.of((request, next) -> sink.send(request))) {
            chain.client().send("GET a\r\nHELLO 3\r\nNOSUCH\r\n").expect(error + error + error);
            chain.client().send("PING\r\n").expect(error);
        }
    }

    @Test
    void aChainThatEndsInItSaysSo() {
        Chain chain = Chain.named("nothing").to(NullSink.create());

        assertThat(chain).hasToString("chain \"nothing\"\n  -> NullSink");
        chain.close();
    }

    @Test
    void itSpeaksEveryProtocol() {
        assertThat(NullSink.create().protocol()).isNull();
    }
}
