package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 5 after the handshake: frames in segments that the driver's code has made. */
class SegmentReaderTest {
    private static final int LIMIT = 1 << 20;
    private static final String LONG_QUERY = "SELECT " + "a_column, ".repeat(200) + "b FROM t";

    private static Function<ByteBufAllocator, CqlFrameReader> reader(boolean lz4) {
        return memory -> begun(CqlFrameReader.ofRequests(memory, LIMIT), lz4);
    }

    private static CqlFrameReader begun(CqlFrameReader reader, boolean lz4) {
        reader.begin(lz4 ? CqlCompression.LZ4 : CqlCompression.NONE, true);
        return reader;
    }

    private static byte[] request(int stream, Message message) {
        return ByteBufUtil.getBytes(Oracle.request(5, stream, message));
    }

    private static byte[] large(int bytes, int variety) {
        byte[] token = CqlCompressionTest.bytes(bytes - CqlFrameHeader.BYTES - 4, variety, new Random(bytes));
        return request(3, new AuthResponse(ByteBuffer.wrap(token)));
    }

    private static byte[] join(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }

    /** Segments of one frame, of all of the requests, of a long one, and of one that fills it. */
    private static byte[] stream(boolean lz4) {
        byte[] all = new byte[0];
        for (Message message : Oracle.REQUESTS) {
            all = join(all, request(2, message));
        }
        byte[] query = request(4, new Query(LONG_QUERY));
        return join(
                Oracle.segment(request(1, Options.INSTANCE), true, lz4),
                Oracle.segment(join(all, query), true, lz4),
                Oracle.segment(query, true, lz4),
                Oracle.segment(request(5, Options.INSTANCE), true, lz4));
    }

    private static String plain() {
        StringBuilder plain = new StringBuilder(ByteBufUtil.hexDump(request(1, Options.INSTANCE)));
        for (Message message : Oracle.REQUESTS) {
            plain.append(ByteBufUtil.hexDump(request(2, message)));
        }
        String query = ByteBufUtil.hexDump(request(4, new Query(LONG_QUERY)));
        return plain.append(query)
                .append(query)
                .append(ByteBufUtil.hexDump(request(5, Options.INSTANCE)))
                .toString();
    }

    @ParameterizedTest
    @EnumSource
    void framesComeOutOfSegmentsHoweverTheseArrive(Arrival arrival) {
        Random random = new Random(17);
        for (boolean lz4 : new boolean[] {false, true}) {
            byte[] wire = stream(lz4);
            for (int longest : new int[] {1, 7, 300, wire.length}) {
                Received received =
                        Received.of(reader(lz4), wire, arrival, at -> longest == 1 ? 1 : 1 + random.nextInt(longest));
                assertThat(received.bytes()).as("seed 17, up to %d", longest).isEqualTo(plain());
                assertThat(received.left()).isZero();
            }
        }
    }

    @Test
    void framesOfAPlainSegmentLieWhereTheyCameIn() {
        byte[] frame = request(1, Options.INSTANCE);
        ByteBuf in = Unpooled.wrappedBuffer(Oracle.segment(join(frame, frame), true, false));
        CqlFrameReader reader = begun(CqlFrameReader.ofRequests(UnpooledByteBufAllocator.DEFAULT, LIMIT), false);
        for (int i = 0; i < 2; i++) {
            assertThat(in.isReadable()).isTrue();
            assertThat(reader.read(in)).isTrue();
            assertThat(reader.buffer()).isSameAs(in);
            assertThat(reader.offset()).isEqualTo(6 + i * frame.length);
            assertThat(reader.heldBytes()).isZero();
        }
        assertThat(in.isReadable()).isFalse();
        assertThat(in.refCnt()).isEqualTo(3);
        in.release(3);
    }

    @Test
    void theBytesOfACompressedSegmentStayUntilItsLastFrameIsTaken() {
        byte[] frame = request(1, new Query(LONG_QUERY));
        ByteBuf in = Unpooled.wrappedBuffer(Oracle.segment(join(frame, frame), true, true));
        CqlFrameReader reader = begun(CqlFrameReader.ofRequests(UnpooledByteBufAllocator.DEFAULT, LIMIT), true);
        assertThat(reader.read(in)).isTrue();
        assertThat(in.isReadable()).isTrue();
        assertThat(reader.heldBytes()).isEqualTo(2 * frame.length);
        reader.buffer().release();
        assertThat(reader.read(in)).isTrue();
        assertThat(in.isReadable()).isFalse();
        assertThat(reader.heldBytes()).isZero();
        reader.buffer().release();
        assertThat(reader.buffer().refCnt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"false, 256", "true, 256", "true, 10"})
    void aFrameInPartsIsOneFrame(boolean lz4, int variety) {
        byte[] frame = large(400_000, variety);
        byte[] small = request(9, Options.INSTANCE);
        byte[] wire = join(
                Oracle.segment(small, true, lz4),
                Oracle.segments(frame, SegmentHeader.MAX_PAYLOAD, lz4),
                Oracle.segments(frame, 50_000, lz4),
                Oracle.segment(small, true, lz4));
        String expected = ByteBufUtil.hexDump(join(small, frame, frame, small));
        Random random = new Random(5);
        for (Arrival arrival : Arrival.values()) {
            Received received = Received.of(reader(lz4), wire, arrival, at -> 1 + random.nextInt(100_000));
            assertThat(received.bytes().equals(expected))
                    .as("seed 5, %s", arrival)
                    .isTrue();
            assertThat(received.left()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 9, 10})
    void theHeaderOfAFrameInPartsMayComeInPartsItself(int part) {
        byte[] frame = large(40, 256);
        Received received = Received.of(reader(false), Oracle.segments(frame, part, false));
        assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(frame));
    }

    @Test
    void memoryForAFrameInPartsGrowsAsTheyArrive() {
        byte[] frame = large(1_000_000, 256);
        byte[] wire = Oracle.segments(frame, 10_000, false);
        ByteBuf in = Unpooled.wrappedBuffer(wire, 0, 30_048);
        CqlFrameReader reader = begun(CqlFrameReader.ofRequests(UnpooledByteBufAllocator.DEFAULT, LIMIT), false);
        assertThat(reader.read(in)).isFalse();
        assertThat(reader.heldBytes()).isBetween(30_000, 60_000);
        reader.close();
        assertThat(reader.heldBytes()).isZero();
    }

    @Test
    void aFrameInPartsBeyondTheLimitIsRefusedAtItsFirst() {
        byte[] wire = Oracle.segments(large(LIMIT + 10, 256), 100_000, false);
        Received received = Received.of(reader(false), Arrays.copyOf(wire, 100_010));
        assertThat(received.refusal()).isEqualTo("5/3 Body of 1048577 bytes is longer than the 1048576 allowed");
    }

    @Test
    void nothingMayFollowInTheLastPart() {
        byte[] frame = large(200_000, 256);
        assertThat(Received.of(reader(false), Oracle.segments(join(frame, new byte[1]), 110_000, false))
                        .refusal())
                .isEqualTo("5/0 A segment that goes beyond the frame that it is a part of");
        assertThat(Received.of(
                                reader(false),
                                Oracle.segments(join(request(1, Options.INSTANCE), frame), 100_000, false))
                        .refusal())
                .isEqualTo("5/0 A segment that goes beyond the frame that it is a part of");
    }

    @Test
    void aSelfContainedSegmentMayNotComeAmidTheParts() {
        byte[] part = Oracle.segment(Arrays.copyOf(large(200_000, 256), 1000), false, false);
        byte[] wire = join(part, Oracle.segment(request(1, Options.INSTANCE), true, false));
        assertThat(Received.of(reader(false), wire).refusal())
                .isEqualTo("5/0 A self-contained segment amid the parts of a frame");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 20})
    void aSelfContainedSegmentMayNotEndAmidAFrame(int bytes) {
        byte[] whole = request(1, Options.INSTANCE);
        byte[] begun = Arrays.copyOf(request(2, new Query("SELECT 1 FROM t")), bytes);
        for (boolean lz4 : new boolean[] {false, true}) {
            Received received = Received.of(reader(lz4), Oracle.segment(join(whole, begun), true, lz4));
            assertThat(received.bytes()).isEqualTo(ByteBufUtil.hexDump(whole));
            assertThat(received.refusal()).isEqualTo("5/0 A self-contained segment that ends amid a frame");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptySegmentIsRefused(boolean selfContained) {
        assertThat(Received.of(reader(false), Oracle.segment(new byte[0], selfContained, false))
                        .refusal())
                .isEqualTo("5/0 A segment without payload");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyBitThatFallsIsNoticed(boolean lz4) {
        byte[] wire = Oracle.segment(request(1, new Query(LONG_QUERY.substring(1900))), true, lz4);
        for (int bit = 0; bit < 8 * wire.length; bit++) {
            byte[] damaged = wire.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Received.of(reader(lz4), damaged).refusal())
                    .as("bit %d", bit)
                    .startsWith("5/0 The checksum of a segment's ");
        }
    }

    @Test
    void thePayloadIsNotAwaitedWhenTheHeaderIsDamaged() {
        byte[] wire = Oracle.segment(large(100_000, 256), true, false);
        wire[1]++;
        assertThat(Received.of(reader(false), Arrays.copyOf(wire, 6)).refusal())
                .isEqualTo("5/0 The checksum of a segment's header does not match");
    }

    /** A segment of a compressed connection that says what it likes, with checksums that match. */
    private static byte[] packed(byte[] payload, int plainBytes) {
        ByteBuf wire = Unpooled.buffer().writeZero(SegmentHeader.bytes(true)).writeBytes(payload);
        SegmentHeader.setCompressed(wire, 0, payload.length, plainBytes, true);
        wire.writeIntLE(new Crc().crc32(wire, SegmentHeader.bytes(true), payload.length));
        return ByteBufUtil.getBytes(wire);
    }

    @Test
    void aSegmentThatCannotBeAsLongAsItSaysCostsNothing() {
        assertThat(Received.of(reader(true), packed(new byte[10], 2551)).refusal())
                .isEqualTo("5/0 A segment that cannot be as long as it says");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 101, 120})
    void aSegmentOfAnotherLengthThanItSaysIsRefused(int plainBytes) {
        ByteBuf plain = Unpooled.wrappedBuffer(CqlCompressionTest.bytes(100, 256, new Random(1)));
        byte[] block = ByteBufUtil.getBytes(new OracleLz4().compressWithoutLength(plain));
        assertThat(Received.of(reader(true), packed(block, plainBytes)).refusal())
                .isEqualTo("5/0 A segment that cannot be decompressed");
    }

    @Test
    void aFrameOfAnotherVersionInASegmentIsRefused() {
        byte[] four = ByteBufUtil.getBytes(Oracle.request(4, 6, Options.INSTANCE));
        assertThat(Received.of(reader(false), Oracle.segment(four, true, false)).refusal())
                .startsWith("5/6 Invalid message version. Got 4");
        four[0] = 6;
        assertThat(Received.of(reader(false), Oracle.segment(four, true, false)).refusal())
                .startsWith("5/6 Invalid or unsupported protocol version (6)");
    }

    @Test
    void whatHadBegunAsAPlainFrameIsReadAnewAsASegment() {
        byte[] wire = Oracle.segment(request(1, Options.INSTANCE), true, false);
        ByteBuf in = Unpooled.wrappedBuffer(Oracle.request(5, 1, Options.INSTANCE), Unpooled.wrappedBuffer(wire));
        CqlFrameReader reader = CqlFrameReader.ofRequests(UnpooledByteBufAllocator.DEFAULT, LIMIT);
        assertThat(reader.read(in)).isTrue();
        begun(reader, false);
        assertThat(reader.read(in)).isTrue();
        assertThat(in.isReadable()).isFalse();
        in.release(3);
    }
}
