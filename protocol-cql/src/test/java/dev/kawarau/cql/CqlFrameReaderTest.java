package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CqlFrameReaderTest {
    private static final int LIMIT = 1 << 20;
    private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;

    private final CqlFrameReader requests = CqlFrameReader.ofRequests(HEAP, LIMIT);

    private static CqlFrameReader requests(ByteBufAllocator allocator) {
        return CqlFrameReader.ofRequests(allocator, LIMIT);
    }

    private static CqlFrameReader responses(ByteBufAllocator allocator) {
        return CqlFrameReader.ofResponses(allocator, LIMIT);
    }

    private static byte[] bytes(String hex) {
        return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    }

    private static byte[] join(ByteBuf... frames) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(frames));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void requestsOfTheDriverEndWhereItEndedThem(int version) {
        ByteBuf wire = Unpooled.buffer();
        List<CqlFrameHeader> expected = new ArrayList<>();
        for (Message message : Oracle.REQUESTS) {
            ByteBuf frame = Oracle.request(version, expected.size() * 4000, message);
            CqlOpcode opcode = CqlOpcode.of(message.opcode);
            int body = frame.readableBytes() - CqlFrameHeader.BYTES;
            expected.add(new CqlFrameHeader(version, 0, expected.size() * 4000, opcode, body));
            wire.writeBytes(frame);
        }
        Received received = Received.of(CqlFrameReaderTest::requests, join(wire));
        assertThat(received.headers()).isEqualTo(expected);
        assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(wire));
        assertThat(received.left()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void responsesOfTheDriverAreTakenByteByByteWhereverTheyLie(Arrival arrival) {
        for (int version = 3; version <= 5; version++) {
            ByteBuf wire = Unpooled.buffer();
            for (Message message : Oracle.RESPONSES) {
                ByteBuf frame = Oracle.response(version, -1, message);
                if (frame.readableBytes() < 1000) {
                    wire.writeBytes(frame);
                }
            }
            Received received = Received.of(CqlFrameReaderTest::responses, join(wire), arrival, at -> 1);
            assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(wire));
            assertThat(received.left()).isZero();
            assertThat(received.frames()).hasSize(Oracle.RESPONSES.size() - 1);
        }
    }

    @Test
    void aFrameLiesWhereItCameIn() {
        ByteBuf wire = Unpooled.wrappedBuffer(bytes("ffff"), join(Oracle.request(4, 7, Options.INSTANCE)));
        wire.skipBytes(2);
        assertThat(requests.read(wire)).isTrue();
        assertThat(requests.buffer()).isSameAs(wire);
        assertThat(requests.offset()).isEqualTo(2);
        assertThat(wire.refCnt()).isEqualTo(2);
        assertThat(wire.readerIndex()).isEqualTo(11);
        wire.release(2);
    }

    @Test
    void theNextFrameMakesNothingKnownOfTheLast() {
        ByteBuf wire = Oracle.request(4, 7, Options.INSTANCE).writeByte(4);
        assertThat(requests.read(wire)).isTrue();
        requests.buffer().release();
        assertThat(requests.read(wire)).isFalse();
        assertThatIllegalStateException().isThrownBy(requests::header);
        assertThatIllegalStateException().isThrownBy(requests::buffer);
    }

    @Test
    void aBodyLongerThanTheLimitIsRefusedBeforeAnyOfItIsThere() {
        Received received =
                Received.of(memory -> CqlFrameReader.ofRequests(memory, 100), bytes("04 00 0001 07 00000065"));
        assertThat(received.refusal()).isEqualTo("4/1 Body of 101 bytes is longer than the 100 allowed");
    }

    @Test
    void aBodyAsLongAsTheLimitIsAwaited() {
        Received received =
                Received.of(memory -> CqlFrameReader.ofRequests(memory, 100), bytes("04 00 0001 07 00000064"));
        assertThat(received).isEqualTo(new Received(List.of(), null, 9));
    }

    @ParameterizedTest
    @CsvSource({
        "02 00 05 01 00000003 aabbcc, 2", // eight bytes of header
        "01 00 05 05 00000000, 1",
        "06 10 0005 01 00000003 aabbcc, 6",
        "41 00 0005 05 00000000, 65", // of DataStax Enterprise
    })
    void aFrameOfAnotherVersionIsSkippedAndTheNextMayBeOfAny(String hex, int version) {
        byte[] wire = join(Unpooled.wrappedBuffer(bytes(hex)), Oracle.request(4, 9, new Startup()));
        for (int piece : new int[] {1, 2, wire.length}) {
            Received received = Received.of(CqlFrameReaderTest::requests, wire, Arrival.COMPACTED, at -> piece);
            assertThat(received.frames()).hasSize(2);
            assertThat(received.frames().get(0))
                    .asString()
                    .startsWith("Invalid or unsupported protocol version (" + version + ")");
            assertThat(received.frames().get(1)).isInstanceOfSatisfying(Received.Plain.class, frame -> {
                assertThat(frame.header().version()).isEqualTo(4);
                assertThat(frame.header().stream()).isEqualTo(9);
            });
            assertThat(received.left()).isZero();
        }
    }

    @Test
    void aLongForeignBodyIsNotHeld() {
        ByteBuf piece = Unpooled.buffer().writeBytes(bytes("06 00 0005 01 00100000"));
        assertThat(requests.read(piece)).isFalse();
        for (int i = 0; i < 1024; i++) {
            ByteBuf more = Unpooled.buffer(1024).writeZero(1024);
            assertThat(requests.read(more)).isEqualTo(i == 1023);
            assertThat(more.isReadable()).isFalse();
        }
        assertThat(requests.unsupported()).hasMessageStartingWith("Invalid or unsupported protocol version (6)");
        assertThat(requests.heldBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "06 00 0005 01 00100001", // a body beyond the limit
                "06 00 0005 01 ffffffff",
                "86 00 0005 01 00000000", // a request as a response
                "86 00 0005 02 00000000", // a response
                "06 00 0005 04 00000000", // an opcode that is none
                "02 00 05 04 00000000",
                "16 03 0102 00 010001fc", // a TLS handshake
                "474554202f20485454502f312e310d0a", // GET / HTTP/1.1
            })
    void whatIsNoFrameOfAnyVersionIsRefused(String hex) {
        Received received = Received.of(CqlFrameReaderTest::requests, bytes(hex));
        assertThat(received.refusal()).contains("Invalid or unsupported protocol version (");
    }

    @Test
    void anotherVersionOnTheSameConnectionIsRefusedAtTheFirstOne() {
        byte[] wire = join(Oracle.request(3, 1, Options.INSTANCE), Oracle.request(4, 2, Options.INSTANCE));
        Received received = Received.of(
                memory -> {
                    CqlFrameReader reader = requests(memory);
                    reader.begin(CqlCompression.NONE, false);
                    return reader;
                },
                wire);
        assertThat(received.refusal())
                .isEqualTo("3/2 Invalid message version. Got 4 but previous messages on this connection had 3");
    }

    @Test
    void beforeTheHandshakeIsOverAClientMayTryOneVersionAfterTheOther() {
        byte[] wire = join(Oracle.request(5, 1, Options.INSTANCE), Oracle.request(3, 2, Options.INSTANCE));
        assertThat(Received.of(CqlFrameReaderTest::requests, wire).frames()).hasSize(2);
    }

    @Test
    void aClientMustNotSendResponses() {
        assertThat(Received.of(CqlFrameReaderTest::requests, join(Oracle.response(4, 0, new Ready())))
                        .refusal())
                .isEqualTo("4/0 Wrong protocol direction: READY cannot be a request");
    }

    @Test
    void aServerMustNotSendRequests() {
        assertThat(Received.of(CqlFrameReaderTest::responses, join(Oracle.request(4, 0, Options.INSTANCE)))
                        .refusal())
                .isEqualTo("4/0 Wrong protocol direction: OPTIONS cannot be a response");
    }

    @Test
    void theFlagOfCompressionMeansNothingInVersion5() {
        ByteBuf wire = Oracle.request(5, 1, new Query("SELECT now() FROM system.local"))
                .setByte(1, 3);
        Received received = Received.of(CqlFrameReaderTest::requests, join(wire));
        assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(wire));
        assertThat(received.headers().get(0).flags()).isEqualTo(CqlFrameHeader.TRACING);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, CqlFrameHeader.MAX_BODY_BYTES + 1})
    void aLimitThatTheSpecificationDoesNotAllowIsRefused(int limit) {
        assertThatIllegalArgumentException().isThrownBy(() -> CqlFrameReader.ofRequests(HEAP, limit));
    }

    @Test
    void theLongestLimitOfTheSpecificationIsAllowed() {
        assertThatCode(() -> CqlFrameReader.ofResponses(HEAP, CqlFrameHeader.MAX_BODY_BYTES))
                .doesNotThrowAnyException();
    }
}
