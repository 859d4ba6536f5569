package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Compressor;
import com.datastax.oss.protocol.internal.CrcMismatchException;
import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.Segment;
import com.datastax.oss.protocol.internal.SegmentCodec;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.AuthChallenge;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.event.StatusChangeEvent;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The Java driver's own codec, which says independently what a frame is. */
final class Oracle {
    private static final HeapPrimitives PRIMITIVES = new HeapPrimitives();

    /** Writes requests, reads responses. */
    static final FrameCodec<ByteBuf> CLIENT = FrameCodec.defaultClient(PRIMITIVES, Compressor.none());

    /** Writes responses, reads requests. */
    static final FrameCodec<ByteBuf> SERVER = FrameCodec.defaultServer(PRIMITIVES, Compressor.none());

    static final List<Message> REQUESTS = List.of(
            new Startup(),
            Options.INSTANCE,
            new Query("SELECT * FROM system.local WHERE key = 'local'"),
            new Prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)"),
            new Execute(new byte[16], new byte[16], QueryOptions.DEFAULT),
            new Batch(
                    (byte) 0,
                    List.of("DELETE FROM t WHERE k = 1"),
                    List.of(List.of()),
                    1,
                    8,
                    1L,
                    null,
                    Integer.MIN_VALUE),
            new Register(List.of("STATUS_CHANGE", "SCHEMA_CHANGE")),
            new AuthResponse(ByteBuffer.wrap(new byte[300])));

    static final List<Message> RESPONSES = List.of(
            new Error(0x2200, "no such table"),
            new Ready(),
            new Authenticate("org.apache.cassandra.auth.PasswordAuthenticator"),
            new Supported(Map.of("COMPRESSION", List.of("lz4", "snappy"))),
            Void.INSTANCE,
            new SetKeyspace("ks"),
            new StatusChangeEvent("UP", new InetSocketAddress("127.0.0.1", 9042)),
            new AuthChallenge(ByteBuffer.wrap(new byte[4])),
            new AuthSuccess(ByteBuffer.wrap(new byte[70_000])));

    private static final SegmentCodec<ByteBuf> PLAIN_SEGMENTS = new SegmentCodec<>(PRIMITIVES, Compressor.none());
    private static final SegmentCodec<ByteBuf> LZ4_SEGMENTS = new SegmentCodec<>(PRIMITIVES, new OracleLz4());

    private Oracle() {}

    /** A segment around bytes; with LZ4 it is compressed if that makes it smaller. */
    static byte[] segment(byte[] payload, boolean selfContained, boolean lz4) {
        List<Object> parts = new ArrayList<>();
        Segment<ByteBuf> segment = new Segment<>(Unpooled.wrappedBuffer(payload), selfContained);
        (lz4 ? LZ4_SEGMENTS : PLAIN_SEGMENTS).encode(segment, parts);
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts.toArray(ByteBuf[]::new)));
    }

    /** Segments around a frame that is too long for one. */
    static byte[] segments(byte[] frame, int partBytes, boolean lz4) {
        ByteBuf wire = Unpooled.buffer();
        for (int at = 0; at < frame.length; at += partBytes) {
            wire.writeBytes(segment(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + partBytes)), false, lz4));
        }
        return ByteBufUtil.getBytes(wire);
    }

    /** The payload of the segment at the reader index, which moves behind it. */
    static Segment<ByteBuf> readSegment(ByteBuf wire, boolean lz4) throws CrcMismatchException {
        SegmentCodec<ByteBuf> codec = lz4 ? LZ4_SEGMENTS : PLAIN_SEGMENTS;
        int headerBytes = codec.headerLength() + SegmentCodec.CRC24_LENGTH;
        SegmentCodec.Header header = codec.decodeHeader(wire.slice(wire.readerIndex(), headerBytes));
        wire.skipBytes(headerBytes);
        // A copy, since it is released if it was compressed.
        return codec.decode(
                header, Unpooled.copiedBuffer(wire.readSlice(header.payloadLength + SegmentCodec.CRC32_LENGTH)));
    }

    static ByteBuf request(int version, int stream, Message message) {
        return request(CLIENT, version, stream, message);
    }

    static ByteBuf request(FrameCodec<ByteBuf> codec, int version, int stream, Message message) {
        // It forgets its token as soon as it is written.
        Message written = message instanceof AuthResponse auth ? new AuthResponse(auth.token.duplicate()) : message;
        return codec.encode(Frame.forRequest(version, stream, false, Frame.NO_PAYLOAD, written));
    }

    static ByteBuf response(int version, int stream, Message message) {
        return SERVER.encode(Frame.forResponse(version, stream, null, Frame.NO_PAYLOAD, List.of(), message));
    }
}
