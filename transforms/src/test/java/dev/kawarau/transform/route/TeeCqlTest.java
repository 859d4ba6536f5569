package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.Rows;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Reply;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.transform.cassandra.CassandraComparator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TeeCqlTest {
    private static final int VERSION = 4;
    private static final int HEADER = 9;

    private static ChainTester of(Tee tee, Message answer) {
        ChainTester chain =
                ChainTester.of((address, served) -> CqlListener.on(address).serve(served), tee);
        chain.sink().answers(request -> answer((CqlMessage) request, answer));
        assertThat(ask(chain, new Startup())).isInstanceOf(Ready.class);
        return chain;
    }

    private static CqlMessage answer(CqlMessage asked, Message answer) {
        return CqlMessage.of(asked, asked.operations().isEmpty() ? new Ready() : answer);
    }

    private static OtherSide copy(Message answer) {
        return OtherSide.by(request -> Reply.of(answer((CqlMessage) request, answer)));
    }

    private static Message ask(ChainTester chain, Message request) {
        chain.client().send(ByteBufUtil.getBytes(CqlCodec.encode(VERSION, 1, request)));
        byte[] header = chain.client().receive(HEADER).getBytes(StandardCharsets.ISO_8859_1);
        int length = Unpooled.wrappedBuffer(header).getInt(HEADER - Integer.BYTES);
        byte[] body = chain.client().receive(length).getBytes(StandardCharsets.ISO_8859_1);
        return CqlCodec.decode(Unpooled.wrappedBuffer(header, body)).message;
    }

    /** Rows of an integer and a text, in a table of that name. */
    private static Rows rows(String table, Object... values) {
        RawType number = RawType.PRIMITIVES.get(DataType.INT);
        RawType text = RawType.PRIMITIVES.get(DataType.VARCHAR);
        List<ColumnSpec> columns =
                List.of(new ColumnSpec("ks", table, "k", 0, number), new ColumnSpec("ks", table, "v", 1, text));
        Queue<List<ByteBuffer>> rows = new ArrayDeque<>();
        for (int i = 0; i < values.length; i += 2) {
            List<ByteBuffer> row = new ArrayList<>();
            row.add(ByteBuffer.allocate(4).putInt(0, (Integer) values[i]));
            row.add(ByteBuffer.wrap(((String) values[i + 1]).getBytes(StandardCharsets.UTF_8)));
            rows.add(row);
        }
        return new DefaultRows(new RowsMetadata(columns, null, null, null), rows);
    }

    private static TeeReport.Operation compared(String cql, Message original, Message copy) {
        Tee tee = Tee.to(copy(copy)).comparing(CassandraComparator.create()).build();
        try (ChainTester chain = of(tee, original)) {
            ask(chain, new Query(cql));
            Awaitility.await().until(() -> tee.report().underWay() == 0);
            return tee.report().operation("SELECT");
        }
    }

    @Test
    void statementsAndTheHandshakeAreCopiedAndEventsAreNot() {
        OtherSide copy = copy(Void.INSTANCE);
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = of(tee, Void.INSTANCE)) {
            ask(chain, new Register(List.of("SCHEMA_CHANGE")));
            ask(chain, new Query("USE ks"));
            ask(chain, new Query("INSERT INTO t (k) VALUES (1)"));
            ask(chain, new Query("SELECT v FROM t WHERE k = 1"));

            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(copy.operations()).containsExactly("STARTUP", "USE", "INSERT", "SELECT"));
        }
    }

    @Test
    void theOtherSideAnswersAfterASwitch() {
        Tee tee = Tee.to(copy(rows("t", 1, "new"))).build();
        try (ChainTester chain = of(tee, rows("t", 1, "old"))) {
            tee.answerFrom(Tee.Side.COPY);
            Rows rows = (Rows) ask(chain, new Query("SELECT k, v FROM ks.t WHERE k = 1"));
            assertThat(StandardCharsets.UTF_8
                            .decode(rows.getData().remove().get(1))
                            .toString())
                    .isEqualTo("new");
        }
    }

    @Test
    void rowsHaveAnOrderOnlyWhereTheStatementGivesThemOne() {
        Rows[] once = {rows("t", 1, "a", 2, "b"), rows("t", 2, "b", 1, "a")};
        assertThat(compared("SELECT k, v FROM ks.t", once[0], once[1]).equal()).isEqualTo(1);
        Rows[] twice = {rows("t", 1, "a", 2, "b"), rows("t", 2, "b", 1, "a")};
        assertThat(compared("SELECT k, v FROM ks.t WHERE k = 1 ORDER BY v", twice[0], twice[1])
                        .different())
                .isEqualTo(1);
    }

    @Test
    void otherValuesDifferAndTheTableTheyAreOfDoesNotMatter() {
        assertThat(compared("SELECT k, v FROM ks.t", rows("t", 1, "a"), rows("u", 1, "a"))
                        .equal())
                .isEqualTo(1);
        TeeReport.Operation different =
                compared("SELECT k, v FROM ks.t", rows("t", 1, "secret"), rows("t", 1, "other"));
        assertThat(different.different()).isEqualTo(1);
        assertThat(different.examples().get(0))
                .endsWith("row 0 of 1 differs in [v]")
                .doesNotContain("secret");
        assertThat(compared("SELECT k, v FROM ks.t", rows("t", 1, "a"), rows("t"))
                        .examples()
                        .get(0))
                .endsWith("1 rows, the copy has 0");
    }

    @Test
    void errorsAreComparedByTheirCodes() {
        Error invalid = new Error(ErrorCode.INVALID, "one");
        assertThat(compared("SELECT k FROM ks.t", invalid, new Error(ErrorCode.INVALID, "other"))
                        .equal())
                .isEqualTo(1);
        assertThat(compared("SELECT k FROM ks.t", invalid, new Error(ErrorCode.UNAUTHORIZED, "x"))
                        .examples()
                        .get(0))
                .endsWith("error 0x2200, the copy has 0x2100");
    }
}
