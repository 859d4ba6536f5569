package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Message;
import dev.kawarau.testkit.ChainTester;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which requests a transform must not part from one another. */
class InTransactionTest {
    private final List<String> inTransaction = Collections.synchronizedList(new ArrayList<>());

    private void send(String requests, int count) {
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), (request, next) -> {
                    note(request);
                    return next.send(request);
                })) {
            chain.sink().answers(RespMessage.of(RespValue.ok()));
            chain.client().send(requests).expect("+OK\r\n".repeat(count));
        }
    }

    private void note(Message request) {
        if (request.query().isInTransaction()) {
            inTransaction.add(request.query().operation());
            assertThat(RespMessage.command((RespMessage) request, "GET", "other")
                            .query()
                            .isInTransaction())
                    .as("what is made of it")
                    .isTrue();
        }
    }

    @Test
    void allFromMultiToExecBelongTogether() {
        send("GET a\r\nMULTI\r\nGET b\r\nSET c d\r\nEXEC\r\nGET e\r\n", 6);

        assertThat(inTransaction).containsExactly("MULTI", "GET", "SET", "EXEC");
    }

    @Test
    void whatIsReadUnderAWatchBelongsToTheTransactionThatMayFollow() {
        send("WATCH a\r\nGET a\r\nMULTI\r\nSET a b\r\nEXEC\r\nGET a\r\n", 6);

        assertThat(inTransaction).containsExactly("WATCH", "GET", "MULTI", "SET", "EXEC");
    }

    @Test
    void unwatchAndDiscardEndIt() {
        send("WATCH a\r\nUNWATCH\r\nGET a\r\nMULTI\r\nDISCARD\r\nGET b\r\n", 6);

        assertThat(inTransaction).containsExactly("WATCH", "UNWATCH", "MULTI", "DISCARD");
    }

    @Test
    void aWatchThatTheServerMustRefuseBeginsNothing() {
        send("WATCH\r\nGET a\r\n", 2);

        assertThat(inTransaction).containsExactly("WATCH");
    }
}
