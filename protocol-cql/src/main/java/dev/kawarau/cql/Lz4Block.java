package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4's block format between Netty's buffers. Thread-safe. */
final class Lz4Block {
    private static final LZ4Compressor COMPRESSOR = LZ4Factory.fastestInstance().fastCompressor();

    /** The one that is told where its input ends, which the fast one of the library is not. */
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.fastestInstance().safeDecompressor();

    /** The longest match takes a byte for each 255 of its bytes. */
    private static final int BEST_RATIO = 255;

    private Lz4Block() {}

    static int maxCompressedBytes(int plainBytes) {
        return COMPRESSOR.maxCompressedLength(plainBytes);
    }

    static long mostPlainBytes(int length) {
        return (long) BEST_RATIO * length;
    }

    static void compress(ByteBuf in, int index, int length, ByteBuf out) {
        int most = maxCompressedBytes(length);
        out.ensureWritable(most);
        // Not the internal one of `in`, which may be on its way through another thread as well.
        ByteBuffer from = in.nioBuffer(index, length);
        ByteBuffer to = out.internalNioBuffer(out.writerIndex(), most);
        int written = COMPRESSOR.compress(from, from.position(), length, to, to.position(), most);
        out.writerIndex(out.writerIndex() + written);
    }

    /** Whether it was a block of exactly so many plain bytes, for which there is room in {@code out}. */
    static boolean decompress(ByteBuf in, int index, int length, ByteBuf out, int plainBytes) {
        if (length == 0) {
            // Nothing is one byte to the library; some clients write nothing.
            return plainBytes == 0;
        }
        ByteBuffer from = in.nioBuffer(index, length);
        ByteBuffer to = out.internalNioBuffer(out.writerIndex(), plainBytes);
        try {
            int written = DECOMPRESSOR.decompress(from, from.position(), length, to, to.position(), plainBytes);
            out.writerIndex(out.writerIndex() + written);
            return written == plainBytes;
        } catch (LZ4Exception notABlock) {
            return false;
        }
    }
}
