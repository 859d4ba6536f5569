package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrcTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 8})
    void crc24IsThatOfTheDriver(int count) {
        Random random = new Random(24);
        for (int i = 0; i < 10_000; i++) {
            long bytes = random.nextLong();
            assertThat(Crc.crc24(bytes, count))
                    .as("seed 24, round %d", i)
                    .isEqualTo(com.datastax.oss.protocol.internal.util.Crc.computeCrc24(bytes, count));
        }
    }

    @Test
    void crc32IsThatOfTheDriverWhereverTheBytesLie() {
        Crc crc = new Crc();
        Random random = new Random(32);
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            int expected = com.datastax.oss.protocol.internal.util.Crc.computeCrc32(
                    Unpooled.wrappedBuffer(bytes), new HeapPrimitives());
            ByteBuf heap = Unpooled.wrappedBuffer(new byte[3], bytes);
            ByteBuf direct = Unpooled.directBuffer().writeZero(5).writeBytes(bytes);
            ByteBuf parts = Unpooled.wrappedBuffer(
                    Unpooled.copiedBuffer(bytes, 0, length / 3),
                    Unpooled.directBuffer().writeBytes(bytes, length / 3, length - length / 3));
            assertThat(crc.crc32(heap, 3, length)).isEqualTo(expected);
            assertThat(crc.crc32(direct, 5, length)).isEqualTo(expected);
            assertThat(crc.crc32(parts, 0, length)).isEqualTo(expected);
            direct.release();
            parts.release();
        }
    }
}
