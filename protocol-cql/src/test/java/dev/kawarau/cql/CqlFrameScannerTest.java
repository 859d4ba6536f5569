package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CqlFrameScannerTest {
    private static final int LIMIT = 1 << 20;

    private final CqlFrameScanner requests = CqlFrameScanner.ofRequests(LIMIT);
    private final CqlFrameScanner responses = CqlFrameScanner.ofResponses(LIMIT);

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    private static List<CqlFrameHeader> all(CqlFrameScanner scanner, ByteBuf in) {
        List<CqlFrameHeader> found = new ArrayList<>();
        while (scanner.scan(in)) {
            found.add(scanner.header());
            in.skipBytes(scanner.frameLength());
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void requestsOfTheDriverEndWhereItEndedThem(int version) {
        ByteBuf wire = Unpooled.buffer();
        List<CqlFrameHeader> expected = new ArrayList<>();
        for (Message message : Oracle.REQUESTS) {
            ByteBuf frame = Oracle.request(version, expected.size() * 4000, message);
            expected.add(new CqlFrameHeader(
                    version,
                    0,
                    expected.size() * 4000,
                    CqlOpcode.of(message.opcode),
                    frame.readableBytes() - CqlFrameHeader.BYTES));
            wire.writeBytes(frame);
        }
        assertThat(all(requests, wire)).isEqualTo(expected);
        assertThat(wire.isReadable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void responsesOfTheDriverEndWhereItEndedThem(int version) {
        ByteBuf wire = Unpooled.buffer();
        List<Integer> lengths = new ArrayList<>();
        for (Message message : Oracle.RESPONSES) {
            ByteBuf frame = Oracle.response(version, -1, message);
            lengths.add(frame.readableBytes());
            wire.writeBytes(frame);
        }
        List<CqlFrameHeader> found = all(responses, wire);
        assertThat(found).extracting(CqlFrameHeader::frameBytes).isEqualTo(lengths);
        assertThat(found)
                .extracting(header -> header.opcode().code())
                .isEqualTo(
                        Oracle.RESPONSES.stream().map(message -> message.opcode).toList());
        assertThat(wire.isReadable()).isFalse();
    }

    @Test
    void theDriverReadsTheHeaderThatWasFound() {
        ByteBuf wire = Oracle.request(4, 77, new Query("SELECT now() FROM system.local"));
        requests.scan(wire);
        ByteBuf rewritten = Unpooled.buffer();
        requests.header().writeTo(rewritten);
        rewritten.writeBytes(wire, CqlFrameHeader.BYTES, wire.readableBytes() - CqlFrameHeader.BYTES);
        assertThat(Oracle.SERVER.decode(rewritten).message)
                .isInstanceOfSatisfying(
                        Query.class, query -> assertThat(query.query).isEqualTo("SELECT now() FROM system.local"));
    }

    @Test
    void aFrameIsFoundWhereverItIsCutInTwo() {
        ByteBuf wire = Oracle.request(4, 1, new Startup());
        for (int cut = 0; cut < wire.readableBytes(); cut++) {
            CqlFrameScanner scanner = CqlFrameScanner.ofRequests(LIMIT);
            assertThat(scanner.scan(wire.slice(0, cut))).as("cut at %d", cut).isFalse();
            assertThat(scanner.missingBytes()).as("cut at %d", cut).isBetween(1, wire.readableBytes() - cut);
            assertThat(scanner.scan(wire)).as("cut at %d", cut).isTrue();
            assertThat(scanner.frameLength()).isEqualTo(wire.readableBytes());
            assertThat(scanner.missingBytes()).isZero();
        }
    }

    @Test
    void aFrameIsFoundByteByByteInABufferThatMoves() {
        ByteBuf wire =
                Unpooled.wrappedBuffer(Oracle.request(4, 1, Options.INSTANCE), Oracle.request(4, 2, new Startup()));
        List<Integer> streams = new ArrayList<>();
        int begin = 0;
        for (int end = 1; end <= wire.readableBytes(); end++) {
            ByteBuf moved = wire.copy(begin, end - begin);
            if (requests.scan(moved)) {
                streams.add(requests.header().stream());
                begin += requests.frameLength();
            }
        }
        assertThat(streams).containsExactly(1, 2);
    }

    @Test
    void whatIsKnownOfTheHeaderIsThereBeforeTheBody() {
        ByteBuf wire = Oracle.request(4, 1, new Startup());
        assertThat(requests.scan(wire.slice(0, CqlFrameHeader.BYTES))).isFalse();
        assertThat(requests.header().opcode()).isEqualTo(CqlOpcode.STARTUP);
        assertThat(requests.missingBytes()).isEqualTo(wire.readableBytes() - CqlFrameHeader.BYTES);
    }

    @Test
    void thereIsNoHeaderBeforeItsNineBytes() {
        assertThat(requests.scan(bytes("04 00 0001 07 000000"))).isFalse();
        assertThat(requests.missingBytes()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(requests::header);
    }

    @Test
    void aBodyLongerThanTheLimitIsRefusedBeforeAnyOfItIsThere() {
        CqlFrameScanner scanner = CqlFrameScanner.ofRequests(100);
        assertThatThrownBy(() -> scanner.scan(bytes("04 00 0001 07 00000065")))
                .isInstanceOf(CqlProtocolException.class)
                .hasMessage("Body of 101 bytes is longer than the 100 allowed");
    }

    @Test
    void aBodyAsLongAsTheLimitIsAwaited() {
        assertThat(CqlFrameScanner.ofRequests(100).scan(bytes("04 00 0001 07 00000064")))
                .isFalse();
    }

    @Test
    void anUnknownVersionIsRefusedBeforeTheHeaderIsWhole() {
        assertThatThrownBy(() -> requests.scan(bytes("02 00 05 01")))
                .isInstanceOf(CqlProtocolException.class)
                .hasMessageStartingWith("Invalid or unsupported protocol version (2)");
    }

    @Test
    void anotherVersionOnTheSameConnectionIsRefusedAtTheFirstOne() {
        ByteBuf wire =
                Unpooled.wrappedBuffer(Oracle.request(3, 1, Options.INSTANCE), Oracle.request(4, 2, Options.INSTANCE));
        assertThatThrownBy(() -> all(requests, wire)).isInstanceOfSatisfying(CqlProtocolException.class, refused -> {
            assertThat(refused.version()).isEqualTo(3);
            assertThat(refused.stream()).isEqualTo(2);
        });
    }

    @Test
    void aClientMustNotSendResponses() {
        assertThatThrownBy(() -> requests.scan(Oracle.response(4, 0, new Ready())))
                .isInstanceOf(CqlProtocolException.class)
                .hasMessage("Wrong protocol direction: READY cannot be a request");
    }

    @Test
    void aServerMustNotSendRequests() {
        assertThatThrownBy(() -> responses.scan(Oracle.request(4, 0, Options.INSTANCE)))
                .isInstanceOf(CqlProtocolException.class)
                .hasMessage("Wrong protocol direction: OPTIONS cannot be a response");
    }

    @Test
    void theBuffersIndexesAreLeftAlone() {
        ByteBuf wire = Unpooled.wrappedBuffer(bytes("ffff"), Oracle.request(4, 0, Options.INSTANCE));
        wire.skipBytes(2);
        assertThat(requests.scan(wire)).isTrue();
        assertThat(wire.readerIndex()).isEqualTo(2);
        assertThat(wire.writerIndex()).isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, CqlFrameHeader.MAX_BODY_BYTES + 1})
    void aLimitThatTheSpecificationDoesNotAllowIsRefused(int limit) {
        assertThatIllegalArgumentException().isThrownBy(() -> CqlFrameScanner.ofRequests(limit));
    }

    @Test
    void theLongestLimitOfTheSpecificationIsAllowed() {
        assertThatCode(() -> CqlFrameScanner.ofResponses(CqlFrameHeader.MAX_BODY_BYTES))
                .doesNotThrowAnyException();
    }
}
