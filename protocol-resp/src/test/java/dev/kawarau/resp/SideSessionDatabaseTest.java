package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Reply;
import dev.kawarau.SideSession;
import dev.kawarau.testkit.ChainTester;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Where a session beside a client's begins. */
class SideSessionDatabaseTest {
    private final Queue<String> sent = new ConcurrentLinkedQueue<>();
    private final Chain other = request -> {
        List<String> words = new ArrayList<>();
        ((RespMessage) request).arguments().forEach(word -> words.add(new String(word, StandardCharsets.UTF_8)));
        sent.add(String.join(" ", words) + " in "
                + RespSession.of(request.session()).version());
        return Reply.of(OkCommands.OK);
    };

    private List<String> beside(Consumer<RespSession> client) {
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), (request, next) -> {
                    client.accept(RespSession.of(request.session()));
                    SideSession.beside(request.session()).send(request, other, (response, failure) -> {});
                    return Reply.of(OkCommands.OK);
                })) {
            chain.client().send("GET k\r\n").expect("+OK\r\n");
        }
        return List.copyOf(sent);
    }

    @Test
    void ofAClientThatSelectedADatabaseItBeginsThereAlsoIfThatIsTheFirst() {
        assertThat(beside(client -> client.selected(3))).containsExactly("SELECT 3 in RESP2", "GET k in RESP2");
        sent.clear();
        assertThat(beside(client -> client.selected(0))).containsExactly("SELECT 0 in RESP2", "GET k in RESP2");
    }

    @Test
    void ofAClientInTheSinksOwnDatabaseItBeginsInThatOfTheOtherSink() {
        assertThat(beside(client -> client.database(3))).containsExactly("GET k in RESP2");
    }

    @Test
    void itSpeaksTheClientsVersion() {
        assertThat(beside(client -> client.version(RespVersion.RESP3))).containsExactly("GET k in RESP3");
    }
}
