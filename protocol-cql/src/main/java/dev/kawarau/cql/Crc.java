package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The checksums of a segment (native protocol v5, section 2.2): CRC24 of its header, CRC32 of its payload. Confined to
 * one thread.
 */
final class Crc {
    private static final int CRC24_START = 0x875060;
    private static final int CRC24_POLYNOMIAL = 0x1974f0b;
    private static final int[] CRC24 = new int[256];

    /** Come before the payload, so that no bytes at all have a checksum other than zero. */
    private static final byte[] CRC32_START = {(byte) 0xfa, 0x2d, 0x55, (byte) 0xca};

    static {
        for (int b = 0; b < CRC24.length; b++) {
            int crc = b << 16;
            for (int bit = 0; bit < 8; bit++) {
                crc <<= 1;
                if ((crc & 0x1000000) != 0) {
                    crc ^= CRC24_POLYNOMIAL;
                }
            }
            CRC24[b] = crc;
        }
    }

    private final CRC32 crc32 = new CRC32();

    /** CRC24 of the {@code count} lowest bytes, the lowest first. */
    static int crc24(long bytes, int count) {
        int crc = CRC24_START;
        long rest = bytes;
        for (int i = 0; i < count; i++) {
            crc = (crc << 8 ^ CRC24[(crc >>> 16 ^ (int) rest) & 0xff]) & 0xffffff;
            rest >>>= 8;
        }
        return crc;
    }

    /** CRC32 of a payload. */
    int crc32(ByteBuf in, int index, int length) {
        start();
        return update(in, index, length);
    }

    /** Begins the CRC32 of a payload that lies in several places. */
    void start() {
        crc32.reset();
        crc32.update(CRC32_START);
    }

    /** The CRC32 from the start up to these bytes. */
    int update(ByteBuf in, int index, int length) {
        if (in.hasArray()) {
            crc32.update(in.array(), in.arrayOffset() + index, length);
        } else if (in.nioBufferCount() == 1) {
            // Not the internal one: the buffer may be on its way through another thread as well.
            crc32.update(in.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : in.nioBuffers(index, length)) {
                crc32.update(part);
            }
        }
        return (int) crc32.getValue();
    }
}
