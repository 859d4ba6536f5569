package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Reply;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardCqlTest {
    private static final CqlMessage VOID = CqlMessage.of(null, Void.INSTANCE);
    private static final Query INSERT = new Query("INSERT INTO ks.t (k) VALUES (1)");
    private static final Query SELECT = new Query("SELECT v FROM ks.t WHERE k = 1");

    private final VirtualTime time = new VirtualTime();
    private final OtherSide other = OtherSide.holding();
    private final Forward forward = Forward.to(other).when(request -> true).build();

    @AfterEach
    void end() {
        time.close();
    }

    private List<String> sent(CqlChain chain) {
        return chain.tester().sink().operations();
    }

    @Test
    void aWriteIsAnsweredWithVoidOnItsStreamBeforeItIsCarriedOut() throws InterruptedException {
        try (CqlChain chain = CqlChain.of(time, forward)) {
            chain.send(77, INSERT);
            var answer = chain.receive();
            assertThat(answer.message).isInstanceOf(Void.class);
            assertThat(answer.streamId).isEqualTo(77);
            assertThat(sent(chain)).containsExactly("STARTUP");
            assertThat(other.operations()).containsExactly("INSERT");
            other.answer(VOID);
        }
    }

    @Test
    void readsConditionsChangesOfTheSessionAndEventsGoDownTheChain() {
        try (CqlChain chain = CqlChain.of(time, forward)) {
            chain.answer(SELECT);
            chain.answer(new Query("UPDATE ks.t SET v = 1 WHERE k = 1 IF v = 2"));
            chain.answer(new Query("USE ks"));
            chain.answer(new Prepare("INSERT INTO ks.t (k) VALUES (1)"));
            chain.answer(new Register(List.of("SCHEMA_CHANGE")));
            assertThat(sent(chain)).containsExactly("STARTUP", "SELECT", "UPDATE", "USE", "PREPARE", "REGISTER");
            assertThat(other.operations()).isEmpty();
        }
    }

    @Test
    void whereNoKeysAreKnownWritesAreCarriedOutOneAfterTheOtherAndReadsWaitForAllBefore() throws InterruptedException {
        try (CqlChain chain = CqlChain.of(time, forward)) {
            chain.answer(INSERT);
            chain.answer(new Query("DELETE FROM ks.t WHERE k = 1"));
            chain.send(3, SELECT);
            chain.answer(new Query("UPDATE ks.t SET v = 1 WHERE k = 1"));
            assertThat(other.operations()).containsExactly("INSERT");

            other.answer(VOID);
            await().untilAsserted(() -> assertThat(other.operations()).containsExactly("INSERT", "DELETE"));
            assertThat(sent(chain)).containsExactly("STARTUP");

            other.answer(VOID);
            assertThat(chain.receive().streamId).isEqualTo(3);
            assertThat(sent(chain)).containsExactly("STARTUP", "SELECT");
            other.answer(VOID);
        }
    }

    @Test
    void aLongQueueBehindOneThatHangsIsCarriedOut() throws InterruptedException {
        int many = 1_500;
        try (CqlChain chain = CqlChain.of(time, forward)) {
            for (int i = 0; i < many; i++) {
                chain.send(i, INSERT);
            }
            for (int i = 0; i < many; i++) {
                chain.receive();
            }
            other.answersWith(request -> Reply.of(VOID));
            other.answer(VOID);
            await().until(() -> forward.buffered() == 0);
            assertThat(other.operations()).hasSize(many);
        }
    }

    @Test
    void whileOneThatWaitsForTooLongIsRefusedOthersPass() throws InterruptedException {
        try (CqlChain chain = CqlChain.of(time, forward)) {
            chain.answer(INSERT);
            chain.send(3, SELECT);
            chain.answer(new Prepare("SELECT v FROM ks.t"));
            time.pass(Duration.ofSeconds(1));
            var refused = chain.receive();
            assertThat(refused.streamId).isEqualTo(3);
            assertThat(((Error) refused.message).code).isEqualTo(ErrorCode.OVERLOADED);
            other.answer(VOID);
        }
    }

    @Test
    void anErrorIsCountedAndReachesNobody() throws InterruptedException {
        try (CqlChain chain = CqlChain.of(time, forward)) {
            chain.answer(INSERT);
            other.answer(CqlMessage.of(null, new Error(ErrorCode.INVALID, "no")));
            assertThat(chain.answer(SELECT)).isInstanceOf(Void.class);
            assertThat(chain.tester()
                            .meters()
                            .get("kawarau.forward")
                            .tag("outcome", "error")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void theOtherChainHasToSpeakTheSameProtocol() {
        record Speaking(String name) implements Chain {
            @Override
            public Reply send(dev.kawarau.Message request) {
                return Reply.of(VOID);
            }

            @Override
            public @Nullable String protocol() {
                return name;
            }
        }
        Forward wrong = Forward.to(new Speaking(RespListener.PROTOCOL))
                .when(request -> true)
                .build();
        assertThatIllegalStateException()
                .isThrownBy(() -> Chain.named("orders").then(wrong).to(new Speaking(CqlListener.PROTOCOL)))
                .withMessageContaining("which speaks RESP");
    }
}
