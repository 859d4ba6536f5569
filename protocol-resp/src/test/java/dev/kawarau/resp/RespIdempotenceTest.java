package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.testkit.ChainTester;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which commands may be carried out twice, and which may wait in the server. */
class RespIdempotenceTest {
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private String of(String command) {
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), this::note)) {
            chain.client().send(command + "\r\n").expect("+OK\r\n");
        }
        return seen.remove();
    }

    private Reply note(dev.kawarau.Message request, Chain next) {
        Query query = request.query();
        seen.add((query.isIdempotent() ? "twice" : "once") + (query.isBlocking() ? ", blocks" : ""));
        return Reply.of(RespMessage.of(RespValue.ok()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET a | twice",
                "mget a b | twice",
                "LRANGE a 0 -1 | twice",
                "XREAD STREAMS a 0 | twice",
                "XREAD BLOCK 10 STREAMS a $ | once, blocks",
                "SCRIPT LOAD x | twice",
                "SET a b | once",
                "SET a b NX | once",
                "DEL a | once",
                "SADD a b | once",
                "INCR a | once",
                "LPOP a | once",
                "BLPOP a 0 | once, blocks",
                "BZMPOP 0 1 a MIN | once, blocks",
                "WAIT 1 0 | once, blocks",
                "SCRIPT KILL | once",
                "EVAL x 0 | once",
                "MULTI | once",
                "SELECT 1 | once",
                "PUBLISH a b | once",
                "NOSUCH a | once",
            })
    void aCommandIsOrNot(String command, String expected) {
        assertThat(of(command)).isEqualTo(expected);
    }
}
