package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CqlFrameHeaderTest {

    private static CqlFrameHeader read(String hex) {
        return CqlFrameHeader.read(bytes(hex), 0, CqlFrameHeader.MAX_BODY_BYTES);
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    @Test
    void aQueryOfVersion4() {
        assertThat(read("04 02 012c 07 0000000a"))
                .isEqualTo(new CqlFrameHeader(4, CqlFrameHeader.TRACING, 300, CqlOpcode.QUERY, 10));
    }

    @Test
    void anEventHasANegativeStream() {
        assertThat(read("83 00 ffff 0c 00000000")).isEqualTo(new CqlFrameHeader(3, 0, -1, CqlOpcode.EVENT, 0));
    }

    @Test
    void flagsThatTheSpecificationDoesNotNameAreKept() {
        CqlFrameHeader header = read("85 f0 0000 02 00000000");
        assertThat(header.flags()).isEqualTo(0xf0);
        assertThat(header.has(CqlFrameHeader.USE_BETA)).isTrue();
        assertThat(header.has(CqlFrameHeader.COMPRESSED)).isFalse();
    }

    @Test
    void readingLeavesTheIndexesAlone() {
        ByteBuf in = bytes("ffff 04 00 0000 05 00000000");
        in.readerIndex(1);
        assertThat(CqlFrameHeader.read(in, 2, 0).opcode()).isEqualTo(CqlOpcode.OPTIONS);
        assertThat(in.readerIndex()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"04 02 012c 07 0000000a", "85 0f ffff 08 10000000", "03 00 7fff 0f 00000001"})
    void whatWasReadIsWrittenTheSame(String hex) {
        ByteBuf out = Unpooled.buffer();
        read(hex).writeTo(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(hex.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "04 00 0007 04 00000000, Unknown opcode 4",
        "04 00 0007 ff 00000000, Unknown opcode 255",
        "84 00 0007 07 00000000, Wrong protocol direction: QUERY cannot be a response",
        "04 00 0007 08 00000000, Wrong protocol direction: RESULT cannot be a request",
        "04 00 0007 07 10000001, Body of 268435457 bytes is longer than the 268435456 allowed",
        "04 00 0007 07 ffffffff, Body of 4294967295 bytes is longer than the 268435456 allowed",
        "04 00 0007 07 80000000, Body of 2147483648 bytes is longer than the 268435456 allowed",
    })
    void aBreachOfTheRulesIsAnsweredAtTheVersionAndOnTheStreamOfTheFrame(String hex, String words) {
        assertThatThrownBy(() -> read(hex)).isInstanceOfSatisfying(CqlProtocolException.class, refused -> {
            assertThat(refused).hasMessage(words);
            assertThat(refused.version()).isEqualTo(4);
            assertThat(refused.stream()).isEqualTo(7);
        });
    }

    @ParameterizedTest
    @CsvSource({"8000, -32768", "ffff, -1"})
    void aRequestWithANegativeStreamIsRefused(String hex, int stream) {
        assertThatThrownBy(() -> read("05 00 " + hex + " 05 00000000"))
                .isInstanceOf(CqlProtocolException.class)
                .hasMessage("A request has the negative stream " + stream);
    }

    @ParameterizedTest
    @CsvSource({"6, 0", "0, 0", "2, 0", "4, 256", "4, -1"})
    void aHeaderThatCannotBeWrittenCannotBeMade(int version, int flags) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CqlFrameHeader(version, flags, 0, CqlOpcode.QUERY, 0));
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "32768, 0", "0, -1", "0, 268435457"})
    void aRequestBeyondTheLimitsCannotBeMade(int stream, int bodyBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CqlFrameHeader(4, 0, stream, CqlOpcode.QUERY, bodyBytes));
    }
}
