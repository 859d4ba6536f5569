package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Query.Kind;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.testkit.ChainTester;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written against the unified view works for CQL as it does for RESP. */
class CqlChainTest {
    private static final int VERSION = 4;
    private static final int HEADER = 9;

    private static ChainTester of(Transform... transforms) {
        ChainTester chain =
                ChainTester.of((address, tested) -> CqlListener.on(address).serve(tested), transforms);
        chain.sink().answers(request -> {
            CqlMessage asked = (CqlMessage) request;
            return CqlMessage.of(asked, asked.operations().isEmpty() ? new Ready() : Void.INSTANCE);
        });
        assertThat(answer(chain, new Startup())).isInstanceOf(Ready.class);
        return chain;
    }

    private static Message answer(ChainTester chain, Message request) {
        chain.client().send(ByteBufUtil.getBytes(CqlCodec.encode(VERSION, 1, request)));
        byte[] header = chain.client().receive(HEADER).getBytes(StandardCharsets.ISO_8859_1);
        int length = Unpooled.wrappedBuffer(header).getInt(HEADER - Integer.BYTES);
        byte[] body = chain.client().receive(length).getBytes(StandardCharsets.ISO_8859_1);
        return CqlCodec.decode(Unpooled.wrappedBuffer(header, body)).message;
    }

    @Test
    void statementsAreCountedByWhatTheyDo() {
        QueryCounter counter = QueryCounter.named("cql");
        try (ChainTester chain = of(counter)) {
            answer(chain, new Query("SELECT a FROM ks.t WHERE k = 1"));
            answer(chain, new Query("SELECT a FROM ks.t WHERE k = 2"));
            answer(chain, new Query("INSERT INTO ks.t (k) VALUES (1)"));

            assertThat(counter.counts())
                    .containsEntry(Kind.READ, Map.of("SELECT", 2L))
                    .containsEntry(Kind.WRITE, Map.of("INSERT", 1L))
                    .containsEntry(Kind.SESSION, Map.of("STARTUP", 1L));
        }
    }

    @Test
    void statementsOfAKindThatIsNotAllowedAreRefused() {
        try (ChainTester chain = of(QueryTypeFilter.allow(Kind.READ))) {
            assertThat(answer(chain, new Query("SELECT a FROM ks.t WHERE k = 1")))
                    .isInstanceOf(Void.class);

            Error refusal = (Error) answer(chain, new Query("TRUNCATE ks.t"));

            assertThat(refusal.code).isEqualTo(ErrorCode.UNAUTHORIZED);
            assertThat(refusal.message).startsWith("TRUNCATE is of kind WRITE");
        }
    }
}
