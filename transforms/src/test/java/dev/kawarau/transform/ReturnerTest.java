package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.Message;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReturnerTest {
    @Test
    void aFixedAnswerGoesToEveryClientAndNothingReachesTheSink() {
        try (ChainTester chain = RespChain.of(Returner.answer(RespMessage.of(RespValue.bulk("closed"))))) {
            chain.client().send("GET a\r\nSET a b\r\n").expect("$6\r\nclosed\r\n$6\r\nclosed\r\n");
            chain.connect().send("GET a\r\n").expect("$6\r\nclosed\r\n");

            assertThat(chain.sink().arrivals()).isEmpty();
        }
    }

    @Test
    void anAnswerIsMadeOfTheRequest() {
        Returner echo = Returner.answering(
                request -> RespMessage.of(RespValue.bulk(request.query().operation())));

        try (ChainTester chain = RespChain.of(echo)) {
            chain.client().send("GET a\r\nDEL a\r\n").expect("$3\r\nGET\r\n$3\r\nDEL\r\n");
        }
    }

    @Test
    void aFunctionThatThrowsIsAnInternalErrorAndTheConnectionStays() {
        Returner broken = Returner.answering(request -> {
            throw new IllegalArgumentException("broken");
        });

        try (ChainTester chain = RespChain.of(broken)) {
            chain.client().send("GET a\r\n").expect("-ERR internal error, see the log of the proxy\r\n");
            chain.client().send("GET a\r\n").expect("-ERR internal error, see the log of the proxy\r\n");
        }
    }

    @Test
    void aRefusalSaysItsWords() {
        try (ChainTester chain = RespChain.of(Returner.failing("back at 14:00 UTC"))) {
            chain.client().send("GET a\r\n").expect("-ERR back at 14:00 UTC\r\n");

            assertThat(chain.sink().arrivals()).isEmpty();
        }
    }

    @Test
    void aMessageOfAnExchangeIsNoFixedAnswer() {
        AtomicReference<Message> seen = new AtomicReference<>();

        try (ChainTester chain = RespChain.of((request, next) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Returner.answer(request))
                    .withMessageContaining("made by hand");
            seen.set(request);
            return next.send(request);
        })) {
            chain.sink().answers(RespChain.OK);
            chain.client().send("GET a\r\n").expect("+OK\r\n");

            assertThat(seen.get()).isNotNull();
        }
    }

    @Test
    void itPrintsWhatItAnswers() {
        assertThat(Returner.failing("gone")).hasToString("Returner.failing(\"gone\")");
        assertThat(Returner.answer(RespChain.OK).toString()).startsWith("Returner.answer(RESP message");
        assertThat(Returner.answering(request -> RespChain.OK)).hasToString("Returner.answering");
    }
}
