package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Reply;
import dev.kawarau.leakcheck.BoundedAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener for clients in this JVM that send frames as they stand in a capture. */
class CqlPlainFramesTest {
    private static final AtomicInteger numbers = new AtomicInteger();

    private final String name = "plain-frames-" + numbers.incrementAndGet();
    private final EventLoops loops = EventLoops.using(new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory()));
    private Listener listener;
    private VmClient client;

    @BeforeEach
    void connect() {
        Chain chain = Chain.named("plain").to(CqlPlainFramesTest::server);
        listener =
                CqlListener.on("local:" + name).eventLoops(loops).plainFrames().serve(chain);
        BoundedAllocator memory = new BoundedAllocator();
        memory.allow(1 << 20);
        client = new VmClient(loops.group().next(), new LocalAddress(name), memory);
    }

    @AfterEach
    void disconnect() {
        client.close();
        listener.close();
        loops.close();
    }

    private static Reply server(dev.kawarau.Message message) {
        CqlMessage request = (CqlMessage) message;
        return Reply.of(CqlMessage.of(request, request.opcode() == CqlOpcode.STARTUP ? new Ready() : Void.INSTANCE));
    }

    private void send(int version, int stream, Message content) {
        byte[] bytes = ByteBufUtil.getBytes(Oracle.request(version, stream, content));
        client.send(bytes, 0, bytes.length);
    }

    /** The response that begins at that byte. */
    private Frame response(int from) {
        byte[] all = client.await(bytes -> bytes.length >= from + CqlFrameHeader.BYTES
                && bytes.length
                        >= from
                                + CqlFrameHeader.BYTES
                                + Unpooled.wrappedBuffer(bytes).getInt(from + CqlFrameHeader.LENGTH));
        return Oracle.CLIENT.decode(Unpooled.wrappedBuffer(all, from, all.length - from));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aRequestThatHadItsHandshakeElsewhereIsAnswered(int version) {
        send(version, 7, new Query("SELECT a FROM ks.t"));

        Frame answer = response(0);

        assertThat(answer.protocolVersion).isEqualTo(version);
        assertThat(answer.streamId).isEqualTo(7);
        assertThat(answer.message).isInstanceOf(Void.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void framesStayPlainWhateverIsAskedForInTheHandshake(int version) {
        send(version, 1, new Startup(Map.of("CQL_VERSION", "3.0.0", "COMPRESSION", "lz4")));
        Frame ready = response(0);
        assertThat(ready.message).isInstanceOf(Ready.class);

        send(version, 2, new Query("SELECT a FROM ks.t"));

        Frame answer = response(CqlFrameHeader.BYTES);
        assertThat(answer.streamId).isEqualTo(2);
        assertThat(answer.message).isInstanceOf(Void.class);
    }

    @Test
    void whatIsNoFrameIsAProtocolErrorAndTheEnd() {
        byte[] frame = ByteBufUtil.getBytes(Oracle.request(4, 1, new Query("SELECT a FROM ks.t")));
        Unpooled.wrappedBuffer(frame).setInt(CqlFrameHeader.LENGTH, Integer.MAX_VALUE);
        client.send(frame, 0, frame.length);

        client.await(bytes -> false);

        assertThat(client.hasEnded()).isTrue();
        assertThat(response(0).message).isInstanceOf(Error.class);
    }

    @Test
    void clientsOutsideThisJvmAreNotServedSo() {
        for (String address : new String[] {"127.0.0.1:0", "unix:/tmp/kawarau.sock"}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> CqlListener.on(address).plainFrames())
                    .withMessage("listener on " + address + ": plainFrames skips the handshake, so it is for clients in"
                            + " this JVM, at an address like local:replay");
        }
    }
}
