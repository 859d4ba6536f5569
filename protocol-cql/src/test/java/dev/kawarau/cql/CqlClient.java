package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Compressor;
import com.datastax.oss.protocol.internal.CrcMismatchException;
import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.Segment;
import com.datastax.oss.protocol.internal.SegmentCodec;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import dev.kawarau.Listener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A client of a listener that sends what it is told to, right or wrong, and reads with the driver's codec. */
final class CqlClient implements Closeable {
    private static final SegmentCodec<ByteBuf> SEGMENTS = new SegmentCodec<>(new HeapPrimitives(), Compressor.none());

    private final Socket socket;
    private final DataInputStream in;
    private boolean inSegments;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;

    CqlClient(Listener listener) throws IOException {
        String[] address = listener.address().toString().split(":");
        socket = new Socket(address[0], Integer.parseInt(address[1]));
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** One whose handshake is over. */
    static CqlClient ready(Listener listener, int version) throws IOException {
        CqlClient client = new CqlClient(listener);
        client.send(version, 0, new Startup());
        assertThat(client.next().message).isInstanceOf(Ready.class);
        client.inSegments = version >= 5;
        return client;
    }

    CqlClient send(int version, int stream, Message message) throws IOException {
        ByteBuf frame = Oracle.request(version, stream, message);
        return sendBytes(inSegments ? segment(frame) : ByteBufUtil.getBytes(frame));
    }

    static byte[] segment(ByteBuf frame) {
        List<Object> out = new ArrayList<>();
        SEGMENTS.encode(new Segment<>(frame, true), out);
        ByteBuf bytes = Unpooled.buffer();
        out.forEach(part -> bytes.writeBytes((ByteBuf) part));
        return ByteBufUtil.getBytes(bytes);
    }

    CqlClient sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** The next frame. */
    Frame next() throws IOException {
        return Oracle.CLIENT.decode(Unpooled.wrappedBuffer(nextBytes()));
    }

    /** The next frame as it is. */
    byte[] nextBytes() throws IOException {
        return inSegments ? nextOfSegment() : read();
    }

    private byte[] read() throws IOException {
        byte[] header = in.readNBytes(CqlFrameHeader.BYTES);
        assertThat(header).as("a header").hasSize(CqlFrameHeader.BYTES);
        byte[] body = in.readNBytes(Unpooled.wrappedBuffer(header).getInt(5));
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(header, body));
    }

    private byte[] nextOfSegment() throws IOException {
        if (!payload.isReadable()) {
            payload = nextPayload();
        }
        int length = CqlFrameHeader.BYTES + payload.getInt(payload.readerIndex() + 5);
        return ByteBufUtil.getBytes(payload.readSlice(length));
    }

    private ByteBuf nextPayload() throws IOException {
        try {
            ByteBuf header = Unpooled.wrappedBuffer(in.readNBytes(SEGMENTS.headerLength() + SegmentCodec.CRC24_LENGTH));
            SegmentCodec.Header read = SEGMENTS.decodeHeader(header);
            ByteBuf rest = Unpooled.wrappedBuffer(in.readNBytes(read.payloadLength + SegmentCodec.CRC32_LENGTH));
            return SEGMENTS.decode(read, rest).payload;
        } catch (CrcMismatchException damaged) {
            throw new IOException(damaged);
        }
    }

    /** The next frame, which is an error. */
    Error nextError() throws IOException {
        return (Error) next().message;
    }

    byte[] readBytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Waits until the listener has closed the connection. */
    void expectEnd() throws IOException {
        assertThat(in.read()).isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
