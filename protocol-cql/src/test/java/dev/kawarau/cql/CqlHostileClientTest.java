package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the rules of the handshake or of bodies, and servers that do. */
class CqlHostileClientTest {
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();

    private record Held(CqlMessage request, Promise reply) {
        void answer(com.datastax.oss.protocol.internal.Message content) {
            request.session().loop().execute(() -> reply.complete(CqlMessage.of(request, content)));
        }
    }

    private Reply hold(Message message) {
        Promise reply = new Promise();
        held.add(new Held((CqlMessage) message, reply));
        return reply;
    }

    private Held next() throws InterruptedException {
        Held next = held.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a request").isNotNull();
        return next;
    }

    private static Listener listener(Chain server) {
        return CqlListener.on("127.0.0.1:0").serve(Chain.named("test").to(server));
    }

    /** A listener whose clients may say STARTUP at once, and are then answered so. */
    private static Listener ready(Function<CqlMessage, Reply> answer) {
        return listener(message -> {
            CqlMessage request = (CqlMessage) message;
            return request.opcode() == CqlOpcode.STARTUP
                    ? Reply.of(CqlMessage.of(request, new Ready()))
                    : answer.apply(request);
        });
    }

    private static byte[] frame(int version, CqlOpcode opcode, String body) {
        byte[] bytes = ByteBufUtil.decodeHexDump(body.replace(" ", ""));
        ByteBuf frame = Unpooled.buffer();
        new CqlFrameHeader(version, 0, 7, opcode, bytes.length).writeTo(frame);
        return ByteBufUtil.getBytes(frame.writeBytes(bytes));
    }

    // --- the handshake

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void aSecondStartupChangesNothingAboutTheFirst(int version) throws Exception {
        try (Listener listener = listener(this::hold);
                CqlClient client = new CqlClient(listener)) {
            client.send(version, 1, new Startup()).send(3, 2, new Startup());
            Held first = next();

            assertThat(client.nextError().message)
                    .isEqualTo("Unexpected message STARTUP, expecting nothing before STARTUP is answered");
            client.send(4, 3, new Startup());
            assertThat(client.nextError().message).startsWith("Unexpected message STARTUP");
            first.answer(new Ready());

            assertThat(client.next().message).isInstanceOf(Ready.class);
            byte[] bytes = ByteBufUtil.getBytes(Oracle.request(version, 4, new Query("USE a")));
            client.sendBytes(version >= 5 ? Oracle.segment(bytes, true, false) : bytes);
            Held query = next();
            assertThat(query.request().opcode()).isEqualTo(CqlOpcode.QUERY);
            query.answer(Void.INSTANCE);
            client.readBytes(CqlFrameHeader.BYTES);
            assertThat(held).isEmpty();
        }
    }

    @Test
    void whoWasRefusedMayBeginAgainInAnotherVersion() throws Exception {
        try (Listener listener = listener(this::hold);
                CqlClient client = new CqlClient(listener)) {
            client.send(5, 1, new Startup("lz4"));
            next().answer(new Error(ErrorCode.PROTOCOL_ERROR, "not today"));
            assertThat(client.nextError().message).isEqualTo("not today");

            client.send(4, 2, Options.INSTANCE);
            next().answer(new Supported(Map.of("CQL_VERSION", List.of("3.4.7"))));
            assertThat(client.next().protocolVersion).isEqualTo(4);
            client.send(3, 3, new Startup());
            next().answer(new Ready());
            assertThat(client.next().protocolVersion).isEqualTo(3);
        }
    }

    /** It would reach a server that was told another version, on a connection that others share. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 6, 2})
    void aFrameOfAnotherVersionThanThatOfStartupIsTheEnd(int another) throws Exception {
        try (Listener listener = ready(this::hold);
                CqlClient client = CqlClient.ready(listener, 4)) {
            byte[] query = ByteBufUtil.getBytes(Oracle.request(4, 1, new Query("USE a")));
            query[0] = (byte) another;

            Frame refusal = client.sendBytes(query).next();

            assertThat(refusal.protocolVersion).isEqualTo(4);
            assertThat(((Error) refusal.message).code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            client.expectEnd();
            assertThat(held).isEmpty();
        }
    }

    @Test
    void aLongNameOfACompressionIsRefusedInFewWords() throws Exception {
        try (Listener listener = ready(this::hold);
                CqlClient client = new CqlClient(listener)) {
            Error refusal = client.send(4, 1, new Startup("x".repeat(65_450))).nextError();

            assertThat(refusal.code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            assertThat(refusal.message)
                    .startsWith("Unknown compression algorithm xxx")
                    .hasSizeLessThan(5_000);
        }
    }

    @Test
    void aStrangersLongFrameIsRefusedBeforeAllOfItHasCome() throws Exception {
        try (Listener listener = ready(this::hold);
                CqlClient client = new CqlClient(listener)) {
            ByteBuf most = Unpooled.buffer();
            new CqlFrameHeader(4, 0, 7, CqlOpcode.STARTUP, 15 << 20).writeTo(most);
            most.writeZero(393_300); // all of which is read, so that the answer arrives

            Error refusal = client.sendBytes(ByteBufUtil.getBytes(most)).nextError();

            assertThat(refusal.message).contains("allowed before the connection is ready");
        }
    }

    // --- bodies

    /** The kind and the consistency of the request are part of some errors. */
    @ParameterizedTest
    @EnumSource(Failure.Kind.class)
    void aMalformedRequestThatFailsIsAnsweredAllTheSame(Failure.Kind kind) throws Exception {
        try (Listener listener = ready(request -> Reply.failed(new Failure(kind, "no luck today")));
                CqlClient client = CqlClient.ready(listener, 4)) {
            for (CqlOpcode opcode : List.of(CqlOpcode.QUERY, CqlOpcode.EXECUTE, CqlOpcode.BATCH, CqlOpcode.PREPARE)) {
                assertThat(client.sendBytes(frame(4, opcode, "7f")).nextError().message)
                        .isEqualTo("no luck today");
            }
        }
    }

    /** Drivers count on an answer to each request, also when a server says what nobody understands. */
    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00000003", "00000003 00ff 61", "00000004 0001"})
    void aMalformedResponsePassesAndTheConnectionGoesOn(String body) throws Exception {
        byte[] response = frame(4, CqlOpcode.RESULT, body);
        try (Listener listener = ready(request -> {
                    ByteBuf wire = Unpooled.wrappedBuffer(response);
                    return Reply.of(CqlMessage.response(
                            request, wire, 0, CqlFrameHeader.read(wire, 0, CqlFrameHeader.MAX_BODY_BYTES)));
                });
                CqlClient client = CqlClient.ready(listener, 4)) {
            for (CqlOpcode opcode : List.of(CqlOpcode.QUERY, CqlOpcode.PREPARE, CqlOpcode.EXECUTE)) {
                assertThat(client.sendBytes(frame(4, opcode, "00000001 61 0001 00"))
                                .nextBytes())
                        .isEqualTo(response);
            }
        }
    }

    @Test
    void aResponseThatCannotBeSaidInTheVersionIsAnError() throws Exception {
        CqlMessage malformed = CqlMessage.of(5, Void.INSTANCE);
        malformed.buffer().setInt(CqlFrameHeader.BYTES, 99);
        try (Listener listener = ready(request -> Reply.of(malformed));
                CqlClient client = CqlClient.ready(listener, 4)) {
            Frame answer = client.send(4, 9, new Query("USE a")).next();

            assertThat(answer.streamId).isEqualTo(9);
            assertThat(((Error) answer.message).code).isEqualTo(ErrorCode.SERVER_ERROR);
        }
    }

    @Test
    void warningsStayWithAResponseThatIsSaidInAnotherVersion() throws Exception {
        ByteBuf wire = Oracle.SERVER.encode(
                Frame.forResponse(5, 1, null, Frame.NO_PAYLOAD, List.of("mind the gap"), Void.INSTANCE));
        CqlMessage kept = CqlMessage.event(null, wire, 0, CqlFrameHeader.read(wire, 0, CqlFrameHeader.MAX_BODY_BYTES));
        assertThat(kept.inVersion(4).frame().warnings).containsExactly("mind the gap");
        assertThat(kept.inVersion(3).frame().warnings).isEmpty();
        assertThat(kept.inVersion(3).version()).isEqualTo(3);
    }
}
