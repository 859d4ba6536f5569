package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import com.datastax.oss.protocol.internal.response.Error;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CqlProtocolExceptionTest {
    private static final String SUPPORTED = "; supported versions are (3/v3, 4/v4, 5/v5)";

    /** What a frame comes to, be it skipped or refused. */
    private static CqlProtocolException refusal(String hex) {
        ByteBuf in = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
        CqlFrameReader reader = CqlFrameReader.ofRequests(UnpooledByteBufAllocator.DEFAULT, 1024);
        try {
            reader.read(in);
            return reader.unsupported();
        } catch (CqlProtocolException refused) {
            return refused;
        }
    }

    private static ByteBuf written(CqlProtocolException refused) {
        ByteBuf out = Unpooled.buffer();
        refused.writeTo(out);
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "06 10 0005 01 00000000, 5, 5", // a version to come
        "41 00 0005 01 00000000, 5, 5", // of DataStax Enterprise
        "00 00 0005 01 00000000, 5, 5",
        "47 45 5420 2f 20485454, 5, 21536", // GET of HTTP
        "16 03 0102 00 010001fc, 5, 258", // a TLS handshake
        "02 00 05 01 00000000, 2, 5",
        "01 00 fe 01 00000000, 1, -2",
    })
    void anUnknownVersionIsAnsweredAtOneThatTheClientCanRead(String hex, int version, int stream) {
        CqlProtocolException refused = refusal(hex);
        assertThat(refused.version()).isEqualTo(version);
        assertThat(refused.stream()).isEqualTo(stream);
    }

    @Test
    void theWordsAreThoseThatDriversLookFor() {
        assertThat(refusal("06 00 0000 01 00000000"))
                .hasMessage("Invalid or unsupported protocol version (6)" + SUPPORTED);
    }

    @Test
    void theDriverReadsTheAnswerToAVersionToCome() {
        Frame frame = Oracle.CLIENT.decode(written(refusal("06 00 0005 01 00000000")));
        assertThat(frame.protocolVersion).isEqualTo(5);
        assertThat(frame.streamId).isEqualTo(5);
        assertThat(frame.message).isInstanceOfSatisfying(Error.class, error -> {
            assertThat(error.code).isEqualTo(ProtocolConstants.ErrorCode.PROTOCOL_ERROR);
            assertThat(error.message).startsWith("Invalid or unsupported protocol version (6)");
        });
    }

    @Test
    void theDriverReadsTheAnswerToABreachOfTheRules() {
        Frame frame = Oracle.CLIENT.decode(written(refusal("03 00 0009 63 00000000")));
        assertThat(frame.protocolVersion).isEqualTo(3);
        assertThat(frame.streamId).isEqualTo(9);
        assertThat(frame.message)
                .isInstanceOfSatisfying(
                        Error.class, error -> assertThat(error.message).isEqualTo("Unknown opcode 99"));
    }

    @Test
    void aClientOfVersion2IsAnsweredWithItsShorterHeader() {
        ByteBuf out = written(refusal("02 00 05 01 00000000"));
        String words = "Invalid or unsupported protocol version (2)" + SUPPORTED;
        assertThat(out.readUnsignedByte()).isEqualTo((short) 0x82);
        assertThat(out.readByte()).as("flags").isZero();
        assertThat(out.readByte()).as("stream").isEqualTo((byte) 5);
        assertThat(out.readByte()).as("opcode").isZero();
        assertThat(out.readInt()).as("length").isEqualTo(out.readableBytes()).isEqualTo(6 + words.length());
        assertThat(out.readInt()).as("error code").isEqualTo(0x0a);
        assertThat(out.readCharSequence(out.readUnsignedShort(), StandardCharsets.UTF_8))
                .hasToString(words);
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void itCarriesNoStackTrace() {
        assertThat(refusal("06 00 0000 01 00000000").getStackTrace()).isEmpty();
    }
}
