package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Compressor;
import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions 3 and 4: the body of a frame is compressed. */
class CompressedFramesTest {
    private static final String LONG_QUERY = "SELECT " + "a_column, ".repeat(200) + "b FROM t";

    private static FrameCodec<ByteBuf> client(CqlCompression compression) {
        Compressor<ByteBuf> oracle = compression == CqlCompression.LZ4 ? new OracleLz4() : new OracleSnappy();
        return FrameCodec.defaultClient(new HeapPrimitives(), oracle);
    }

    private static byte[] request(CqlCompression compression, int version, Message message) {
        return ByteBufUtil.getBytes(Oracle.request(client(compression), version, 5, message));
    }

    private static Function<ByteBufAllocator, CqlFrameReader> reader(CqlCompression compression, int maxBodyBytes) {
        return memory -> {
            CqlFrameReader reader = CqlFrameReader.ofRequests(memory, maxBodyBytes);
            reader.begin(compression, false);
            return reader;
        };
    }

    private static Received read(CqlCompression compression, String hex) {
        return Received.of(reader(compression, 1 << 20), ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void whatTheDriverCompressedIsThePlainFrame(CqlCompression compression) {
        List<Message> messages = new ArrayList<>(Oracle.REQUESTS);
        messages.add(new Query(LONG_QUERY));
        for (int version = 3; version <= 4; version++) {
            for (Message message : messages) {
                byte[] wire = request(compression, version, message);
                for (int piece : new int[] {1, wire.length}) {
                    Received received = Received.of(reader(compression, 1 << 20), wire, Arrival.COMPOSITE, at -> piece);
                    assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(Oracle.request(version, 5, message)));
                    CqlFrameHeader header = received.headers().get(0);
                    assertThat(header.flags()).isZero();
                    assertThat(header.frameBytes()).isEqualTo(received.bytes().length() / 2);
                }
            }
        }
    }

    @Test
    void whatIsNotCompressedComesAsItIs() {
        byte[] wire = ByteBufUtil.getBytes(
                Unpooled.wrappedBuffer(Oracle.request(4, 1, new Startup()), Oracle.request(4, 1, Options.INSTANCE)));
        Received received = Received.of(reader(CqlCompression.LZ4, 100), wire);
        assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(wire));
    }

    @Test
    void aCompressedFrameNeedsAConnectionWithCompression() {
        byte[] wire = request(CqlCompression.LZ4, 4, new Query(LONG_QUERY));
        assertThat(Received.of(reader(CqlCompression.NONE, 10_000), wire).refusal())
                .isEqualTo("4/5 A compressed frame on a connection without compression");
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void aPlainBodyBeyondTheLimitIsRefused(CqlCompression compression) {
        byte[] wire = request(compression, 4, new Query(LONG_QUERY));
        int body = Oracle.request(4, 5, new Query(LONG_QUERY)).readableBytes() - CqlFrameHeader.BYTES;
        assertThat(Received.of(reader(compression, body), wire).frames()).hasSize(1);
        assertThat(Received.of(reader(compression, body - 1), wire).refusal())
                .isEqualTo("4/5 Body of " + body + " bytes is longer than the " + (body - 1) + " allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "LZ4, 04 01 0005 05 00000004 00000100",
        "LZ4, 04 01 0005 05 00000005 7fffffff 00",
        "LZ4, 04 01 0005 05 00000005 ffffffff 00",
        "LZ4, 04 01 0005 05 00000003 000000",
        "LZ4, 04 01 0005 05 00000000 ''",
        "SNAPPY, 04 01 0005 05 00000000 ''",
        "SNAPPY, 04 01 0005 05 00000005 ffffff7f 00",
        "SNAPPY, 04 01 0005 05 00000006 ffffffffff 01",
        "SNAPPY, 04 01 0005 05 00000001 ff",
    })
    void aBodyThatCannotBeAsLongAsItSaysCostsNothing(CqlCompression compression, String hex) {
        assertThat(read(compression, hex.replace("'", "")).refusal())
                .isEqualTo("4/5 A compressed body that cannot be as long as it says");
    }

    @ParameterizedTest
    @CsvSource({
        "LZ4, 04 01 0005 05 00000007 00000003 20 6162", // one byte less than it says
        "LZ4, 04 01 0005 05 00000007 00000001 20 6162", // one more
        "LZ4, 04 01 0005 05 00000008 00000010 10 61 0500", // a copy of what was before the beginning
        "SNAPPY, 04 01 0005 05 00000004 03 04 6162",
        "SNAPPY, 04 01 0005 05 00000004 01 04 6162",
        "SNAPPY, 04 01 0005 05 00000006 02 04 6162 00 63",
        "SNAPPY, 04 01 0005 05 00000006 10 00 61 3e 0500",
        "SNAPPY, 04 01 0005 05 00000006 10 00 61 3e 0000",
        "SNAPPY, 04 01 0005 05 00000006 05 fc feffffff", // a literal of a negative length
    })
    void aBodyThatIsNotWhatItSaysIsRefused(CqlCompression compression, String hex) {
        assertThat(read(compression, hex).refusal()).isEqualTo("4/5 A body that cannot be decompressed");
    }

    @ParameterizedTest
    @CsvSource({
        "LZ4, 04 01 0005 05 00000005 00000000 00",
        "LZ4, 04 01 0005 05 00000004 00000000", // of clients that compress nothing to nothing
        "SNAPPY, 04 01 0005 05 00000001 00",
    })
    void anEmptyBodyMayBeCompressedToo(CqlCompression compression, String hex) {
        assertThat(read(compression, hex).headers()).containsExactly(new CqlFrameHeader(4, 0, 5, CqlOpcode.OPTIONS, 0));
    }
}
