package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.sun.management.ThreadMXBean;
import dev.kawarau.Query.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What it costs to look at the table, the kind and the key of a request must not depend on how much it binds. */
class RoutingAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 20_000;
    private static final int FEW = 3;
    private static final int MANY = 300;
    private static final RawType INT = RawType.PRIMITIVES.get(DataType.INT);

    private final KnownStatements statements = new KnownStatements(1 << 20, new SimpleMeterRegistry());
    private final CqlProtocol protocol = new CqlProtocol(1 << 20, CqlSchema.NONE, statements);
    private int routed;

    @Test
    void anExecuteIsRoutedAtTheSameCostHoweverManyValuesItBinds() {
        assertSameCost(execute(FEW), execute(MANY));
    }

    @Test
    void aQueryIsRoutedAtTheSameCostHoweverManyValuesItBinds() {
        assertSameCost(query(FEW), query(MANY));
    }

    /** In turns, so that both are seen as the compiler leaves them: it takes allocations out as it goes on. */
    private void assertSameCost(ByteBuf few, ByteBuf many) {
        long leastOfFew = Long.MAX_VALUE;
        long leastOfMany = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            leastOfFew = Math.min(leastOfFew, bytesPerDecision(few));
            leastOfMany = Math.min(leastOfMany, bytesPerDecision(many));
        }
        assertThat(routed).isPositive();
        assertThat(leastOfMany).isEqualTo(leastOfFew).isPositive();
    }

    private ByteBuf execute(int values) {
        byte[] id = {(byte) values, (byte) (values >> 8)};
        learn(id, values);
        return CqlCodec.encode(5, 1, new Execute(id, id, options(values)));
    }

    private ByteBuf query(int values) {
        return CqlCodec.encode(5, 1, new Query(text(values), options(values)));
    }

    private static String text(int values) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            columns.add("c" + i);
        }
        return "INSERT INTO ks.t (" + String.join(", ", columns) + ") VALUES ("
                + String.join(", ", Collections.nCopies(values, "?")) + ")";
    }

    private static QueryOptions options(int values) {
        List<ByteBuffer> bound = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            bound.add(ByteBuffer.allocate(4).putInt(0, i));
        }
        return new QueryOptions(
                ConsistencyLevel.ONE,
                bound,
                Collections.emptyMap(),
                true,
                -1,
                null,
                ConsistencyLevel.SERIAL,
                Long.MIN_VALUE,
                null,
                Integer.MIN_VALUE);
    }

    private void learn(byte[] id, int values) {
        List<ColumnSpec> variables = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            variables.add(new ColumnSpec("ks", "t", "c" + i, i, INT));
        }
        RowsMetadata metadata = new RowsMetadata(variables, null, new int[] {0}, null);
        RowsMetadata none = new RowsMetadata(List.of(), null, null, null);
        CqlMessage request = CqlMessage.of(null, new Prepare(text(values)));
        statements.learn(request, CqlMessage.of(request, (Message) new Prepared(id, id, metadata, none)));
    }

    /** What a decision allocates, message included. */
    private long bytesPerDecision(ByteBuf frame) {
        CqlFrameHeader header = CqlFrameHeader.read(frame, 0, CqlFrameHeader.MAX_BODY_BYTES);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        route(new CqlMessage(null, frame, 0, header, protocol));
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private void route(CqlMessage message) {
        boolean toReplica = message.query().kind() == Kind.READ;
        boolean isTable = message.query().namespace().equals("ks.t");
        if (!toReplica && isTable && message.query().keysKnown() == (message.preparedId() != null)) {
            routed += 1 + message.query().keys().size();
        }
    }
}
