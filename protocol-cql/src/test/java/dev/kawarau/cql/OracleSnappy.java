package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Compressor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.xerial.snappy.Snappy;

/** Snappy as the Java driver does it, with Google's own code. */
final class OracleSnappy implements Compressor<ByteBuf> {
    @Override
    public String algorithm() {
        return "snappy";
    }

    @Override
    public ByteBuf compress(ByteBuf plain) {
        try {
            return Unpooled.wrappedBuffer(Snappy.compress(bytes(plain)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ByteBuf decompress(ByteBuf packed) {
        try {
            return Unpooled.wrappedBuffer(Snappy.uncompress(bytes(packed)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(ByteBuf in) {
        byte[] bytes = ByteBufUtil.getBytes(in);
        in.skipBytes(bytes.length);
        return bytes;
    }

    @Override
    public ByteBuf compressWithoutLength(ByteBuf plain) {
        return compress(plain);
    }

    @Override
    public ByteBuf decompressWithoutLength(ByteBuf packed, int plainBytes) {
        return decompress(packed);
    }
}
