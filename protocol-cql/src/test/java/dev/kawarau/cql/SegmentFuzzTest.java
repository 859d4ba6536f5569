package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * What a client may send in segments. The first byte of an input chooses whether they are compressed; the rest are
 * segments without checksums, which no fuzzer would ever guess.
 */
class SegmentFuzzTest {
    private static final int LIMIT = 1 << 20;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void requests(byte[] input) {
        if (input.length == 0) {
            return;
        }
        boolean lz4 = input[0] == 'l';
        Fuzzed.check(
                memory -> {
                    CqlFrameReader reader = CqlFrameReader.ofRequests(memory, LIMIT);
                    reader.begin(lz4 ? CqlCompression.LZ4 : CqlCompression.NONE, true);
                    return reader;
                },
                withChecksums(input, lz4));
    }

    private static byte[] withChecksums(byte[] input, boolean lz4) {
        int headerBytes = lz4 ? 5 : 3;
        ByteBuf in = Unpooled.wrappedBuffer(input, 1, input.length - 1);
        ByteBuf out = Unpooled.buffer();
        Crc crc = new Crc();
        while (in.readableBytes() >= headerBytes) {
            long header = in.readUnsignedMediumLE();
            out.writeMediumLE((int) header);
            if (lz4) {
                int upper = in.readUnsignedShortLE();
                out.writeShortLE(upper);
                header |= (long) upper << 24;
            }
            out.writeMediumLE(Crc.crc24(header, headerBytes));
            int payload = Math.min(SegmentHeader.payloadBytes(header), in.readableBytes());
            int at = out.writerIndex();
            out.writeBytes(in, payload);
            if (payload == SegmentHeader.payloadBytes(header)) {
                out.writeIntLE(crc.crc32(out, at, payload));
            }
        }
        return ByteBufUtil.getBytes(out.writeBytes(in));
    }
}
