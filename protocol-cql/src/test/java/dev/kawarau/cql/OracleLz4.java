package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Compressor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jpountz.lz4.LZ4Factory;

/** LZ4 as the Java driver does it, on arrays and with the library's plain Java. */
final class OracleLz4 implements Compressor<ByteBuf> {
    private static final LZ4Factory LZ4 = LZ4Factory.safeInstance();

    @Override
    public String algorithm() {
        return "lz4";
    }

    @Override
    public ByteBuf compress(ByteBuf plain) {
        int length = plain.readableBytes();
        return Unpooled.wrappedBuffer(Unpooled.copyInt(length), compressWithoutLength(plain));
    }

    @Override
    public ByteBuf decompress(ByteBuf packed) {
        int length = packed.readInt();
        return decompressWithoutLength(packed, length);
    }

    @Override
    public ByteBuf compressWithoutLength(ByteBuf plain) {
        byte[] bytes = ByteBufUtil.getBytes(plain);
        plain.skipBytes(bytes.length);
        return Unpooled.wrappedBuffer(LZ4.fastCompressor().compress(bytes));
    }

    @Override
    public ByteBuf decompressWithoutLength(ByteBuf packed, int plainBytes) {
        byte[] bytes = ByteBufUtil.getBytes(packed);
        packed.skipBytes(bytes.length);
        return Unpooled.wrappedBuffer(LZ4.safeDecompressor().decompress(bytes, plainBytes));
    }
}
