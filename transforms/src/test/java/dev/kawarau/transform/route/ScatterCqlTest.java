package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Reply;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Scatter} and {@link ParallelMap} in CQL, whose answers come in any order. */
class ScatterCqlTest {
    private static final Query SELECT = new Query("SELECT v FROM ks.t WHERE k = 1");
    private static final Query INSERT = new Query("INSERT INTO ks.t (k) VALUES (1)");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private static OtherSide answering(Message answer) {
        return OtherSide.by(request -> Reply.of(answer((CqlMessage) request, answer)));
    }

    private static CqlMessage answer(CqlMessage request, Message answer) {
        return CqlMessage.of(request, request.opcode() == CqlOpcode.STARTUP ? new Ready() : answer);
    }

    private Scatter.Builder toAll(Chain a, Chain b) {
        return Scatter.toAll().to("a", a).to("b", b).metrics(meters);
    }

    private CqlChain serving(Chain end) {
        return CqlChain.of(time, (request, next) -> end.send(request));
    }

    @Test
    void aReadIsAnsweredByTheFastestWhileAnotherIsSilent() throws InterruptedException {
        OtherSide silent = OtherSide.holding();
        try (CqlChain chain = serving(toAll(answersStartup(silent), answering(Void.INSTANCE))
                .collate(Collate.fastest())
                .build())) {
            chain.send(1, SELECT);
            chain.send(2, SELECT);
            assertThat(chain.receive().message).isInstanceOf(Void.class);
            assertThat(chain.receive().message).isInstanceOf(Void.class);
            for (int i = 0; i < 2; i++) {
                silent.answer(request -> CqlMessage.of((CqlMessage) request, Void.INSTANCE));
            }
            await().until(() -> meters.get("kawarau.scatter.late")
                            .tag("target", "a")
                            .functionCounter()
                            .count()
                    == 2);
        }
    }

    @Test
    void aWriteThatOneChainRefusesIsRefusedInItsWords() {
        Error overloaded = new Error(ErrorCode.OVERLOADED, "too much");
        try (CqlChain chain =
                serving(toAll(answering(Void.INSTANCE), answering(overloaded)).build())) {
            assertThat(chain.answer(SELECT)).isInstanceOf(Void.class);
            Error error = (Error) chain.answer(INSERT);
            assertThat(error.code).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(error.message).isEqualTo("too much");
        }
    }

    @Test
    void aChainThatIsSilentForTooLongIsAnErrorOfTheProtocol() throws InterruptedException {
        OtherSide silent = OtherSide.holding();
        try (CqlChain chain = serving(toAll(answering(Void.INSTANCE), silent)
                .timeout(Duration.ofSeconds(1))
                .build())) {
            chain.send(1, INSERT);
            await().until(() -> silent.operations().size() == 1);
            time.pass(Duration.ofSeconds(1));
            assertThat(((Error) chain.receive().message).code).isEqualTo(ErrorCode.WRITE_TIMEOUT);
            silent.answer(request -> CqlMessage.of((CqlMessage) request, Void.INSTANCE));
        }
    }

    @Test
    void whatIsPreparedIsNotCollatedAndKeyspacesAreThoseOfAll() {
        OtherSide a = answering(new Error(ErrorCode.INVALID, "no such table"));
        OtherSide b = answering(new SetKeyspace("ks"));
        Collate never = (request, answers) -> {
            throw new IllegalStateException("asked about " + request);
        };
        try (CqlChain chain = serving(toAll(b, a).collate(never).build())) {
            assertThat(chain.answer(new Prepare("SELECT v FROM ks.t WHERE k = ?")))
                    .isInstanceOf(SetKeyspace.class);
            assertThat(a.operations()).containsExactly("PREPARE");
            // The second lets go of the session, since it does not follow.
            assertThat(chain.answer(new Query("USE ks"))).isInstanceOf(SetKeyspace.class);
        }
        assertThat(a.operations()).containsExactly("PREPARE", "USE");
    }

    @Test
    void aStatementThatNobodyKnowsGoesToAllSoThatWhoeverForgotItSaysSo() {
        byte[] id = {1, 2, 3};
        OtherSide a = answering(Void.INSTANCE);
        OtherSide b = answering(new Unprepared("what is that", id));
        try (CqlChain chain = serving(toAll(a, b).build())) {
            assertThat(chain.answer(new Execute(id, QueryOptions.DEFAULT))).isInstanceOf(Unprepared.class);
        }
        assertThat(a.operations()).containsExactly("STARTUP", "EXECUTE");
    }

    @Test
    void copiesHaveTheRequestsOfASessionAtOnceAndNothingWaits() throws InterruptedException {
        OtherSide first = OtherSide.holding();
        OtherSide second = OtherSide.holding();
        ParallelMap map = ParallelMap.to(answersStartup(first), answersStartup(second))
                .metrics(meters)
                .build();
        try (CqlChain chain = serving(map)) {
            for (int stream = 0; stream < 4; stream++) {
                chain.send(stream, new Query("SELECT v FROM ks.t"));
            }
            await().until(() ->
                    first.operations().size() == 2 && second.operations().size() == 2);
            second.answer(request -> CqlMessage.of((CqlMessage) request, Void.INSTANCE));
            assertThat(chain.receive().streamId).isIn(0, 1);
            for (OtherSide side : new OtherSide[] {first, first, second}) {
                side.answer(request -> CqlMessage.of((CqlMessage) request, Void.INSTANCE));
                chain.receive();
            }
        }
        assertThat(meters.get("kawarau.parallel.waited").functionCounter().count())
                .isZero();
    }

    private static Chain answersStartup(Chain behind) {
        return request -> ((CqlMessage) request).opcode() == CqlOpcode.STARTUP
                ? Reply.of(CqlMessage.of((CqlMessage) request, new Ready()))
                : behind.send(request);
    }
}
