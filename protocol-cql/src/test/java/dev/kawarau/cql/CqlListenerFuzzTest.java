package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.datastax.oss.protocol.internal.request.Startup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A whole listener: whatever a client sends, each request is answered once on its stream, what is no frame with a protocol
 * error and the end, nothing hangs, nothing leaks, and the next client notices nothing.
 */
class CqlListenerFuzzTest {
    private static final int STREAM = 6;
    private static HostileClients clients;

    @BeforeAll
    static void listen() {
        clients = new HostileClients("fuzz-cql-frames");
    }

    @AfterAll
    static void close() {
        clients.close();
    }

    /**
     * What comes behind a handshake. The first byte chooses the version and the compression; the rest are frames, whose
     * version is that of the connection, which end where the input does, and which are compressed or put in segments.
     */
    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void frames(byte[] input) {
        if (input.length > 0) {
            clients.check(stream(input));
        }
    }

    private static byte[] stream(byte[] input) {
        int version = 3 + (input[0] & 0xff) % 3;
        boolean lz4 = (input[0] & 0x40) != 0;
        ByteBuf stream = Unpooled.buffer();
        stream.writeBytes(Oracle.request(version, STREAM, lz4 ? new Startup("lz4") : new Startup()));
        ByteBuf in = Unpooled.copiedBuffer(input, 1, input.length - 1);
        while (in.isReadable()) {
            byte[] frame = ByteBufUtil.getBytes(in.readSlice(next(in, version)));
            if (version >= 5) {
                stream.writeBytes(segments(frame, lz4));
            } else {
                stream.writeBytes(lz4 ? compressed(frame) : frame);
            }
        }
        return ByteBufUtil.getBytes(stream);
    }

    /** How long the next frame is. */
    private static int next(ByteBuf in, int version) {
        int left = in.readableBytes() - CqlFrameHeader.BYTES;
        if (left < 0) {
            return in.readableBytes();
        }
        int at = in.readerIndex();
        int length = in.getInt(at + CqlFrameHeader.LENGTH);
        if (length < 0 || length > left) {
            length = left;
            in.setInt(at + CqlFrameHeader.LENGTH, length);
        }
        if (CqlFrameHeader.isSupported(in.getByte(at))) {
            in.setByte(at, version);
        }
        return CqlFrameHeader.BYTES + length;
    }

    private static byte[] segments(byte[] frame, boolean lz4) {
        return frame.length <= SegmentHeader.MAX_PAYLOAD && frame.length % 7 != 0
                ? Oracle.segment(frame, true, lz4)
                : Oracle.segments(frame, 1 + Math.min(frame.length / 2, SegmentHeader.MAX_PAYLOAD - 1), lz4);
    }

    private static byte[] compressed(byte[] frame) {
        if (frame.length <= CqlFrameHeader.BYTES || (frame[CqlFrameHeader.FLAGS] & CqlFrameHeader.COMPRESSED) == 0) {
            return frame;
        }
        ByteBuf body = new OracleLz4().compress(Unpooled.wrappedBuffer(frame, 9, frame.length - 9));
        ByteBuf packed = Unpooled.copiedBuffer(Unpooled.wrappedBuffer(Arrays.copyOf(frame, 9)), body);
        return ByteBufUtil.getBytes(packed.setInt(CqlFrameHeader.LENGTH, packed.readableBytes() - 9));
    }
}
