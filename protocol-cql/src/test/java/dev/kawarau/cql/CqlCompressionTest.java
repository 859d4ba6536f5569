package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Compressor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CqlCompressionTest {
    private static final int[] LENGTHS = {
        0, 1, 2, 14, 15, 16, 60, 61, 64, 255, 256, 257, 4095, 32767, 32768, 32769, 65535, 65536, 65537, 131071, 300_000
    };

    // Without leak detection, which notes a stack trace per access: Snappy makes one for every byte.
    private static final ByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(true, true);

    private static Compressor<ByteBuf> oracle(CqlCompression compression) {
        return compression == CqlCompression.LZ4 ? new OracleLz4() : new OracleSnappy();
    }

    /** From bytes that do not repeat at all to bytes that are all the same. */
    static byte[] bytes(int length, int variety, Random random) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            boolean repeat = i > 40 && variety < 256 && random.nextInt(256) >= variety;
            bytes[i] = repeat ? bytes[i - 1 - random.nextInt(40) / (1 + variety)] : (byte) random.nextInt(1 + variety);
        }
        return bytes;
    }

    private static ByteBuf compressed(CqlCompression compression, ByteBuf in, int index, int length) {
        int most = compression.maxCompressedBytes(length);
        ByteBuf out = BUFFERS.directBuffer().writeByte(77);
        compression.compress(in, index, length, out);
        assertThat(out.readByte()).isEqualTo((byte) 77);
        assertThat(out.readableBytes()).as("of %d", length).isLessThanOrEqualTo(most);
        return out;
    }

    @ParameterizedTest
    @CsvSource({"lz4, LZ4", "LZ4, LZ4", "snappy, SNAPPY", "Snappy, SNAPPY"})
    void theOptionIsKnownInWhateverCase(String option, CqlCompression compression) {
        assertThat(CqlCompression.of(option)).isEqualTo(compression);
    }

    @ParameterizedTest
    @CsvSource({"deflate", "''", "none", "lz4hc"})
    void anotherOptionIsUnknown(String option) {
        assertThat(CqlCompression.of(option)).isNull();
    }

    @Test
    void version5HasNoSnappy() {
        assertThat(CqlCompression.SNAPPY.allowedIn(5)).isFalse();
        assertThat(CqlCompression.SNAPPY.allowedIn(4)).isTrue();
        assertThat(CqlCompression.LZ4.allowedIn(5)).isTrue();
        assertThat(CqlCompression.NONE.allowedIn(5)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void theOracleReadsWhatWasCompressed(CqlCompression compression) {
        for (int length : LENGTHS) {
            for (int variety : new int[] {0, 3, 60, 256}) {
                byte[] bytes = bytes(length, variety, new Random(length));
                ByteBuf in =
                        BUFFERS.directBuffer().writeZero(9).writeBytes(bytes).writeZero(9);
                ByteBuf out = compressed(compression, in, 9, length);
                assertThat(ByteBufUtil.getBytes(oracle(compression).decompress(out)))
                        .as("%d bytes, variety %d", length, variety)
                        .isEqualTo(bytes);
                in.release();
                out.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void whatTheOracleCompressedIsRead(CqlCompression compression) {
        for (int length : LENGTHS) {
            for (int variety : new int[] {0, 3, 60, 256}) {
                byte[] bytes = bytes(length, variety, new Random(length));
                ByteBuf packed = oracle(compression).compress(Unpooled.wrappedBuffer(bytes));
                int packedBytes = packed.readableBytes();
                ByteBuf in = Unpooled.wrappedBuffer(Unpooled.copyShort(5), packed, Unpooled.copyShort(5));
                assertThat(compression.plainBytes(in, 2, packedBytes)).isEqualTo(length);
                assertThat(compression.mostPlainBytes(packedBytes)).isGreaterThanOrEqualTo(length);
                ByteBuf out = BUFFERS.directBuffer(3 + length, 3 + length).writeZero(3);
                assertThat(compression.decompress(in, 2, packedBytes, out, length))
                        .as("%d bytes, variety %d", length, variety)
                        .isTrue();
                assertThat(ByteBufUtil.getBytes(out, 3, length)).isEqualTo(bytes);
                out.release();
                in.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void damagedBytesAreRefusedOrOfTheLengthThatTheySay(CqlCompression compression) {
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            int length = random.nextInt(400);
            ByteBuf packed = oracle(compression)
                    .compress(Unpooled.wrappedBuffer(bytes(length, random.nextInt(257), random)))
                    .copy();
            for (int i = random.nextInt(4); i >= 0; i--) {
                packed.setByte(random.nextInt(packed.readableBytes()), random.nextInt());
            }
            int packedBytes =
                    random.nextInt(4) == 0 ? random.nextInt(1 + packed.readableBytes()) : packed.readableBytes();
            long plain = compression.plainBytes(packed, 0, packedBytes);
            if (plain > compression.mostPlainBytes(packedBytes)) {
                continue;
            }
            ByteBuf out = BUFFERS.directBuffer((int) plain, (int) plain);
            if (compression.decompress(packed, 0, packedBytes, out, (int) plain)) {
                assertThat(out.readableBytes()).as("seed 3, round %d", round).isEqualTo((int) plain);
            }
            out.release();
        }
    }
}
