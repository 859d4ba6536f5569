package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.PrimitiveCodec;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** What the oracle asks of its buffers; Netty's, on the heap. */
final class HeapPrimitives implements PrimitiveCodec<ByteBuf> {

    @Override
    public ByteBuf allocate(int size) {
        return Unpooled.buffer(size);
    }

    @Override
    public void release(ByteBuf buffer) {
        buffer.release();
    }

    @Override
    public int sizeOf(ByteBuf buffer) {
        return buffer.readableBytes();
    }

    @Override
    public ByteBuf concat(ByteBuf left, ByteBuf right) {
        return Unpooled.wrappedBuffer(left, right);
    }

    @Override
    public void markReaderIndex(ByteBuf buffer) {
        buffer.markReaderIndex();
    }

    @Override
    public void resetReaderIndex(ByteBuf buffer) {
        buffer.resetReaderIndex();
    }

    @Override
    public byte readByte(ByteBuf in) {
        return in.readByte();
    }

    @Override
    public int readInt(ByteBuf in) {
        return in.readInt();
    }

    @Override
    public int readInt(ByteBuf in, int offset) {
        return in.getInt(in.readerIndex() + offset);
    }

    @Override
    public InetAddress readInetAddr(ByteBuf in) {
        return address(read(in, in.readUnsignedByte()));
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException notFourOrSixteenBytes) {
            throw new IllegalArgumentException(notFourOrSixteenBytes);
        }
    }

    @Override
    public long readLong(ByteBuf in) {
        return in.readLong();
    }

    @Override
    public int readUnsignedShort(ByteBuf in) {
        return in.readUnsignedShort();
    }

    @Override
    public ByteBuffer readBytes(ByteBuf in) {
        int length = in.readInt();
        if (length == -2) {
            return ProtocolConstants.UNSET_VALUE;
        }
        return length < 0 ? null : ByteBuffer.wrap(read(in, length));
    }

    @Override
    public byte[] readShortBytes(ByteBuf in) {
        return read(in, in.readUnsignedShort());
    }

    @Override
    public String readString(ByteBuf in) {
        return new String(readShortBytes(in), StandardCharsets.UTF_8);
    }

    @Override
    public String readLongString(ByteBuf in) {
        return new String(read(in, in.readInt()), StandardCharsets.UTF_8);
    }

    private static byte[] read(ByteBuf in, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    @Override
    public ByteBuf readRetainedSlice(ByteBuf in, int length) {
        return in.readRetainedSlice(length);
    }

    @Override
    public void updateCrc(ByteBuf buffer, CRC32 crc) {
        crc.update(ByteBufUtil.getBytes(buffer));
    }

    @Override
    public void writeByte(byte value, ByteBuf out) {
        out.writeByte(value);
    }

    @Override
    public void writeInt(int value, ByteBuf out) {
        out.writeInt(value);
    }

    @Override
    public void writeInetAddr(InetAddress address, ByteBuf out) {
        byte[] bytes = address.getAddress();
        out.writeByte(bytes.length).writeBytes(bytes);
    }

    @Override
    public void writeLong(long value, ByteBuf out) {
        out.writeLong(value);
    }

    @Override
    public void writeUnsignedShort(int value, ByteBuf out) {
        out.writeShort(value);
    }

    @Override
    public void writeString(String text, ByteBuf out) {
        writeShortBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    @Override
    public void writeLongString(String text, ByteBuf out) {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    @Override
    public void writeBytes(ByteBuffer bytes, ByteBuf out) {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.remaining()).writeBytes(bytes.duplicate());
        }
    }

    @Override
    public void writeBytes(byte[] bytes, ByteBuf out) {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.length).writeBytes(bytes);
        }
    }

    @Override
    public void writeShortBytes(byte[] bytes, ByteBuf out) {
        out.writeShort(bytes.length).writeBytes(bytes);
    }
}
