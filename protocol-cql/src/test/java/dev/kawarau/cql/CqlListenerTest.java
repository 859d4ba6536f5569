package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.event.StatusChangeEvent;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Sink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CqlListenerTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();

    private record Held(CqlMessage request, Promise reply) {
        void answer(com.datastax.oss.protocol.internal.Message content) {
            request.session().loop().execute(() -> reply.complete(CqlMessage.of(request, content)));
        }
    }

    /** Plays a server that knows no users, and leaves everything else to the test. */
    private Reply server(Message message) {
        CqlMessage request = (CqlMessage) message;
        return switch (request.opcode()) {
            case STARTUP -> Reply.of(CqlMessage.of(request, new Ready()));
            case OPTIONS ->
                Reply.of(CqlMessage.of(
                        request,
                        new Supported(Map.of(
                                "COMPRESSION", List.of("snappy"), "PROTOCOL_VERSIONS", List.of("4/v4", "6/v6-beta")))));
            default -> {
                Promise reply = new Promise();
                held.add(new Held(request, reply));
                yield reply;
            }
        };
    }

    private Listener listener() {
        return CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain(this::server));
    }

    private static Chain chain(Chain server) {
        return Chain.named("test").to(server);
    }

    private Held next() throws InterruptedException {
        Held next = held.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a request").isNotNull();
        return next;
    }

    // --- negotiation

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 65, 66})
    void anUnknownVersionIsToldWhichThereAreAndMayTryAgainOnTheSameConnection(int version) throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            byte[] startup = ByteBufUtil.getBytes(Oracle.request(5, 7, new Startup()));
            startup[0] = (byte) version;

            Frame refusal = client.sendBytes(startup).next();

            assertThat(refusal.protocolVersion).isEqualTo(5);
            assertThat(refusal.streamId).isEqualTo(7);
            assertThat(((Error) refusal.message).code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            assertThat(((Error) refusal.message).message)
                    .isEqualTo("Invalid or unsupported protocol version (" + version
                            + "); supported versions are (3/v3, 4/v4, 5/v5)");
            assertThat(client.send(4, 8, new Startup()).next().message).isInstanceOf(Ready.class);
        }
    }

    @Test
    void aClientOfVersionTwoIsToldInAHeaderOfItsOwn() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            byte[] options = {2, 0, 9, (byte) CqlOpcode.OPTIONS.code(), 0, 0, 0, 0};

            byte[] header = client.sendBytes(options).readBytes(8);

            assertThat(header).startsWith(0x82, 0, 9, CqlOpcode.ERROR.code());
            ByteBuf body = Unpooled.wrappedBuffer(
                    client.readBytes(Unpooled.wrappedBuffer(header).getInt(4)));
            assertThat(body.readInt()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            assertThat(body.toString(2 + body.readerIndex(), body.readableBytes() - 2, StandardCharsets.UTF_8))
                    .contains("supported versions are (3/v3, 4/v4, 5/v5)");
        }
    }

    @Test
    void theVersionIsThatOfStartupWhateverVersionOptionsWereAskedForIn() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            assertThat(client.send(5, 1, Options.INSTANCE).next().message).isInstanceOf(Supported.class);
            assertThat(client.send(4, 2, new Startup()).next().message).isInstanceOf(Ready.class);
        }
    }

    @Test
    void whatIsSupportedIsWhatTheListenerSupports() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            Supported four = (Supported) client.send(4, 1, Options.INSTANCE).next().message;
            Supported five = (Supported) client.send(5, 1, Options.INSTANCE).next().message;

            assertThat(four.options).containsEntry("COMPRESSION", List.of("lz4", "snappy"));
            assertThat(five.options).containsEntry("COMPRESSION", List.of("lz4"));
            assertThat(four.options).containsEntry("PROTOCOL_VERSIONS", List.of("4/v4"));
        }
    }

    @Test
    void anUnknownCompressionIsRefusedAndTheConnectionMayBeginAgain() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            Error refusal = client.send(5, 1, new Startup("snappy")).nextError();

            assertThat(refusal.message).isEqualTo("Unknown compression algorithm snappy; version 5 can have lz4");
            assertThat(client.send(5, 1, new Startup()).next().message).isInstanceOf(Ready.class);
        }
    }

    @Test
    void compressionIsBetweenTheClientAndTheListener() throws Exception {
        BlockingQueue<Map<String, String>> options = new LinkedBlockingQueue<>();
        Chain chain = chain(message -> {
            options.add(((Startup) ((CqlMessage) message).content()).options);
            return server(message);
        });
        try (Listener listener = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                CqlClient client = new CqlClient(listener)) {
            client.send(4, 1, new Startup("lz4")).next();

            assertThat(options.take()).containsOnlyKeys("CQL_VERSION");
        }
    }

    // --- the order of things

    @Test
    void nothingButStartupAndOptionsIsHeardBeforeTheHandshake() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            Error refusal = client.send(4, 1, new Query("SELECT a FROM b")).nextError();

            assertThat(refusal.code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            assertThat(refusal.message).isEqualTo("Unexpected message QUERY, expecting STARTUP or OPTIONS");
            assertThat(client.send(4, 1, new Startup()).next().message).isInstanceOf(Ready.class);
            assertThat(client.send(4, 1, new Startup()).nextError().message).startsWith("Unexpected message STARTUP");
        }
    }

    @Test
    void whoHasToAuthenticateIsHeardAfterThatAlone() throws Exception {
        Chain chain = chain(message -> {
            CqlMessage request = (CqlMessage) message;
            return switch (request.opcode()) {
                case STARTUP -> Reply.of(CqlMessage.of(request, new Authenticate("Some")));
                case AUTH_RESPONSE -> Reply.of(CqlMessage.of(request, new AuthSuccess(null)));
                default -> server(message);
            };
        });
        try (Listener listener = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                CqlClient client = new CqlClient(listener)) {
            assertThat(client.send(4, 1, new Startup()).next().message).isInstanceOf(Authenticate.class);
            assertThat(client.send(4, 1, new Query("USE a")).nextError().message)
                    .isEqualTo("Unexpected message QUERY, expecting AUTH_RESPONSE");
            assertThat(client.send(4, 1, new AuthResponse(ByteBuffer.allocate(3)))
                            .next()
                            .message)
                    .isInstanceOf(AuthSuccess.class);
            client.send(4, 1, new Query("USE a"));
            next().answer(new SetKeyspace("a"));
            assertThat(client.next().message).isInstanceOf(SetKeyspace.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void responsesLeaveAsTheyComeEachOnTheStreamOfItsRequest(int version) throws Exception {
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, version)) {
            client.send(version, 300, new Query("USE a")).send(version, 2, new Query("USE b"));
            Held first = next();
            Held second = next();

            second.answer(new SetKeyspace("b"));
            assertThat(client.next().streamId).isEqualTo(2);
            first.answer(new SetKeyspace("a"));
            assertThat(client.next().streamId).isEqualTo(300);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void aResponseMadeInAnotherVersionLeavesInThatOfTheConnection(int version) throws Exception {
        CqlMessage kept = CqlMessage.of(null, Void.INSTANCE);
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, version)) {
            client.send(version, 9, new Query("USE a"));
            Held request = next();
            request.request().session().loop().execute(() -> request.reply().complete(kept));

            Frame response = client.next();

            assertThat(response.protocolVersion).isEqualTo(version);
            assertThat(response.streamId).isEqualTo(9);
        }
    }

    @Test
    void eventsArePushedOnTheStreamOfNoRequest() throws Exception {
        StatusChangeEvent event = new StatusChangeEvent("UP", new InetSocketAddress("127.0.0.1", 9042));
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, 5)) {
            client.send(5, 1, new Query("USE a"));
            Held waiting = next();
            CqlMessage request = waiting.request();
            ByteBuf wire = Oracle.response(5, -1, event);
            CqlFrameHeader header = CqlFrameHeader.read(wire, 0, CqlFrameHeader.MAX_BODY_BYTES);
            request.session()
                    .loop()
                    .execute(() -> request.session().push(CqlMessage.event(request.session(), wire, 0, header), null));

            Frame pushed = client.next();

            assertThat(pushed.streamId).isEqualTo(-1);
            assertThat(((StatusChangeEvent) pushed.message).address).isEqualTo(event.address);
            waiting.answer(Void.INSTANCE);
        }
    }

    @Test
    void theKeyspaceInUseIsKnown() throws Exception {
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, 5)) {
            client.send(5, 1, new Query("USE shop"));
            next().answer(new SetKeyspace("shop"));
            client.next();
            client.send(5, 1, new Query("SELECT a FROM b"));

            Held request = next();

            assertThat(CqlState.of(request.request().session()).keyspace()).isEqualTo("shop");
            assertThat(request.request().query().namespace()).isEqualTo("shop.b");
            request.answer(Void.INSTANCE);
        }
    }

    // --- errors

    @ParameterizedTest
    @EnumSource(Failure.Kind.class)
    void aFailureIsAnErrorOfCqlAndTheConnectionGoesOn(Failure.Kind kind) throws Exception {
        int expected = switch (kind) {
            case INVALID, UNSUPPORTED -> ErrorCode.INVALID;
            case UNAUTHENTICATED -> ErrorCode.AUTH_ERROR;
            case DENIED -> ErrorCode.UNAUTHORIZED;
            case OVERLOADED -> ErrorCode.OVERLOADED;
            case TIMEOUT -> ErrorCode.READ_TIMEOUT;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
        };
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, 5)) {
            for (int i = 0; i < 2; i++) {
                client.send(5, i, new Query("SELECT a FROM b"));
                Held request = next();
                request.request()
                        .session()
                        .loop()
                        .execute(() -> request.reply().fail(new Failure(kind, "no luck today")));
                Frame frame = client.next();
                assertThat(((Error) frame.message).code).isEqualTo(expected);
                assertThat(((Error) frame.message).message).contains("no luck today");
            }
        }
    }

    @Test
    void aWriteThatMayHaveBeenCarriedOutIsATimeoutThatDriversDoNotRetry() throws Exception {
        try (Listener listener = listener();
                CqlClient client = CqlClient.ready(listener, 5)) {
            client.send(5, 1, new Query("UPDATE a SET b = 1 WHERE c = 2"));
            Held request = next();
            Failure lost = new Failure(Failure.Kind.UNAVAILABLE, "the connection was lost", true, null);
            request.request().session().loop().execute(() -> request.reply().fail(lost));

            assertThat(client.nextError().code).isEqualTo(ErrorCode.WRITE_TIMEOUT);
        }
    }

    @Test
    void aMalformedBodyIsAnErrorAndTheConnectionGoesOn() throws Exception {
        byte[] broken = ByteBufUtil.getBytes(Oracle.request(4, 1, new Query("SELECT a FROM b")));
        broken[CqlFrameHeader.BYTES] = 0x7f; // the length of the text
        Chain chain = chain(message -> {
            message.query().kind();
            return server(message);
        });
        try (Listener listener = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                CqlClient client = CqlClient.ready(listener, 4)) {
            Error error = client.sendBytes(broken).nextError();

            assertThat(error.code).isEqualTo(ErrorCode.INVALID);
            assertThat(error.message).startsWith("malformed body of QUERY");
            client.send(4, 1, new Query("USE a"));
            next().answer(new SetKeyspace("a"));
            assertThat(client.next().message).isInstanceOf(SetKeyspace.class);
        }
    }

    @Test
    void damagedSegmentsAreAProtocolErrorAndTheEnd() throws Exception {
        byte[] segment = CqlClient.segment(Oracle.request(5, 1, new Query("SELECT a FROM b")));
        for (int at : List.of(0, 4, 8, segment.length - 1)) {
            byte[] damaged = segment.clone();
            damaged[at] ^= 1;
            try (Listener listener = listener();
                    CqlClient client = CqlClient.ready(listener, 5)) {
                assertThat(client.sendBytes(damaged).nextError().code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
                client.expectEnd();
            }
        }
    }

    @Test
    void aFrameBeyondTheLimitIsAProtocolErrorBeforeItsBodyComes() throws Exception {
        try (Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(meters)
                        .maxFrameBytes(100)
                        .serve(chain(this::server));
                CqlClient client = CqlClient.ready(listener, 4)) {
            byte[] frame = ByteBufUtil.getBytes(Oracle.request(4, 1, new Query("x".repeat(100))), 0, 9);

            Error refusal = client.sendBytes(frame).nextError();

            assertThat(refusal.code).isEqualTo(ErrorCode.PROTOCOL_ERROR);
            client.expectEnd();
        }
    }

    @Test
    void aStrangerMaySendLittle() throws Exception {
        try (Listener listener = listener();
                CqlClient client = new CqlClient(listener)) {
            client.send(4, 1, new Query("x".repeat(70_000)));

            assertThat(client.nextError().message).contains("allowed before the connection is ready");
            client.expectEnd();
        }
    }

    @Test
    void halfASegmentIsNotWaitedForForever() throws Exception {
        byte[] segment = CqlClient.segment(Oracle.request(5, 1, new Query("SELECT a FROM b")));
        try (Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(meters)
                        .frameTimeout(Duration.ofMillis(200))
                        .serve(chain(this::server));
                CqlClient client = CqlClient.ready(listener, 5)) {
            client.sendBytes(Arrays.copyOf(segment, segment.length / 2));

            assertThat(client.nextError().message).isEqualTo("the rest of the request did not come in time");
            client.expectEnd();
        }
    }

    @Test
    void aChainOfAnotherProtocolIsRefused() throws IOException {
        Sink redis = new Sink() {
            @Override
            public Reply send(Message request) {
                throw new AssertionError();
            }

            @Override
            public String protocol() {
                return "RESP";
            }

            @Override
            public void close() {}
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CqlListener.on("127.0.0.1:0").serve(chain(redis)))
                .withMessageContaining("CqlListener cannot serve chain \"test\"");
    }
}
