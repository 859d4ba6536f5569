package dev.kawarau.transform.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** A chain under test that speaks CQL: its sink answers at once, and its time passes when the test says so. */
public final class CqlChain implements AutoCloseable {
    private static final int VERSION = 4;
    private static final int HEADER = 9;

    private final ChainTester tester;

    private CqlChain(ChainTester tester) {
        this.tester = tester;
    }

    /** A chain with a client that is past the handshake. */
    public static CqlChain of(VirtualTime time, Transform... transforms) {
        CqlChain chain = new CqlChain(ChainTester.of(
                (address, tested) ->
                        CqlListener.on(address).eventLoops(time.loops()).serve(tested),
                transforms));
        chain.tester.sink().answers(request -> {
            CqlMessage asked = (CqlMessage) request;
            return CqlMessage.of(asked, asked.operations().isEmpty() ? new Ready() : Void.INSTANCE);
        });
        assertThat(chain.answer(new Startup())).isInstanceOf(Ready.class);
        return chain;
    }

    public ChainTester tester() {
        return tester;
    }

    /** Sends a request and waits for its response. */
    public Message answer(Message request) {
        send(1, request);
        return receive().message;
    }

    public void send(int stream, Message request) {
        tester.client().send(ByteBufUtil.getBytes(CqlCodec.encode(VERSION, stream, request)));
    }

    public Frame receive() {
        byte[] header = tester.client().receive(HEADER).getBytes(StandardCharsets.ISO_8859_1);
        int length = Unpooled.wrappedBuffer(header).getInt(HEADER - Integer.BYTES);
        byte[] body = tester.client().receive(length).getBytes(StandardCharsets.ISO_8859_1);
        return CqlCodec.decode(Unpooled.wrappedBuffer(header, body));
    }

    @Override
    public void close() {
        tester.close();
    }
}
