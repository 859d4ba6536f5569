package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.Snappy;

/**
 * Snappy's raw format between Netty's buffers: the length of the plain bytes, seven bits in a byte, and elements that
 * are literals or copies of what came before. Thread-safe.
 */
final class SnappyBlock {
    /** Netty's compressor finds its way back no further than this, so longer bodies are compressed in pieces. */
    private static final int PIECE = 32 * 1024;

    private static final int LONGEST_LENGTH = 5;

    /** A copy of 64 bytes takes three. */
    private static final int BEST_RATIO = 22;

    private SnappyBlock() {}

    /** Greater than any length that is allowed if there is none. */
    static long plainBytes(ByteBuf in, int index, int length) {
        long plain = 0;
        for (int i = 0; i < Math.min(length, LONGEST_LENGTH); i++) {
            int next = in.getUnsignedByte(index + i);
            plain |= (long) (next & 0x7f) << (7 * i);
            if (next < 0x80) {
                return plain;
            }
        }
        return Long.MAX_VALUE;
    }

    static long mostPlainBytes(int length) {
        return (long) BEST_RATIO * length;
    }

    static int maxCompressedBytes(int plainBytes) {
        // Four bytes before a literal, of which there is one for each piece at most, as copies do not grow.
        return LONGEST_LENGTH + plainBytes + plainBytes / 6 + 4 * (1 + plainBytes / PIECE);
    }

    static void compress(ByteBuf in, int index, int length, ByteBuf out) {
        writeLength(length, out);
        Snappy snappy = Snappy.withHashTableReuse();
        for (int at = 0; at < length; at += PIECE) {
            int piece = Math.min(PIECE, length - at);
            int start = out.writerIndex();
            // On the heap: it is read byte by byte, some of them several times.
            byte[] plain = ByteBufUtil.getBytes(in, index + at, piece);
            snappy.encode(Unpooled.wrappedBuffer(plain), out, piece);
            dropLength(out, start);
        }
    }

    private static void writeLength(int length, ByteBuf out) {
        int rest = length;
        for (; rest >= 0x80; rest >>>= 7) {
            out.writeByte((rest & 0x7f) | 0x80);
        }
        out.writeByte(rest);
    }

    /** A piece begins with a length of its own, which the whole has no place for. */
    private static void dropLength(ByteBuf out, int start) {
        int end = start;
        while (out.getByte(end) < 0) {
            end++;
        }
        int elements = out.writerIndex() - end - 1;
        out.setBytes(start, out, end + 1, elements);
        out.writerIndex(start + elements);
    }

    /** Whether it was a block of exactly so many plain bytes, which is all that there is room for in {@code out}. */
    static boolean decompress(ByteBuf in, int index, int length, ByteBuf out, int plainBytes) {
        int start = out.writerIndex();
        ByteBuf block = in.slice(index, length);
        try {
            new Snappy().decode(block, out);
        } catch (DecompressionException | IndexOutOfBoundsException | IllegalArgumentException notABlock) {
            return false;
        }
        return out.writerIndex() - start == plainBytes && !block.isReadable();
    }
}
