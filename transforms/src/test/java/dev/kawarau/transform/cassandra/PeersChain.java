package dev.kawarau.transform.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.ScriptedSink;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A transform between a client and nodes whose tables are made by hand. */
final class PeersChain implements AutoCloseable {
    static final byte[] ID = {1, 2, 3};

    private static final int VERSION = 4;
    private static final int HEADER = 9;

    private final ChainTester chain;
    private volatile Session session;

    /** @param tables by their names, as in {@code SELECT * FROM name} */
    PeersChain(Transform transform, Map<String, DefaultRows> tables) {
        chain = ChainTester.of((address, tested) -> CqlListener.on(address).serve(tested), transform);
        chain.sink().answers(message -> {
            CqlMessage request = (CqlMessage) message;
            session = request.session();
            return CqlMessage.of(request, answer(request, tables));
        });
        assertThat(ask(new Startup())).isInstanceOf(Ready.class);
    }

    private static Message answer(CqlMessage request, Map<String, DefaultRows> tables) {
        if (request.opcode() == CqlOpcode.PREPARE) {
            RowsMetadata none = new RowsMetadata(List.of(), null, new int[0], null);
            return new Prepared(ID, null, none, none);
        }
        if (request.opcode() != CqlOpcode.QUERY) {
            return new Ready();
        }
        if (request.text().startsWith("USE")) {
            return new SetKeyspace(request.text().substring(4));
        }
        DefaultRows rows = tables.get(request.text().replaceAll("(?i)select \\* from (\\S+).*", "$1"));
        return rows == null ? new Error(ErrorCode.INVALID, "unconfigured table") : rows;
    }

    Message ask(Message request) {
        chain.client().send(ByteBufUtil.getBytes(CqlCodec.encode(VERSION, 1, request)));
        return receive().message;
    }

    Message ask(String cql) {
        return ask(new Query(cql));
    }

    List<Map<String, Object>> rows(Message request) {
        return Nodes.read((DefaultRows) ask(request));
    }

    List<Map<String, Object>> rows(String cql) {
        return rows(new Query(cql));
    }

    /** What comes next, asked for or not. */
    Frame receive() {
        byte[] header = chain.client().receive(HEADER).getBytes(StandardCharsets.ISO_8859_1);
        int length = Unpooled.wrappedBuffer(header).getInt(HEADER - Integer.BYTES);
        byte[] body = chain.client().receive(length).getBytes(StandardCharsets.ISO_8859_1);
        return CqlCodec.decode(Unpooled.wrappedBuffer(header, body));
    }

    /** The server tells the client of something. */
    void push(Message event) {
        session.loop().execute(() -> session.push(CqlMessage.of(VERSION, event), null));
    }

    ScriptedSink sink() {
        return chain.sink();
    }

    @Override
    public void close() {
        chain.close();
    }
}
