package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Segment;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.leakcheck.BoundedAllocator;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CqlFrameWriterTest {
    private static final int LIMIT = 64 << 20;

    private final BoundedAllocator memory = new BoundedAllocator();
    private final List<Runnable> turn = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            // Amid a read, since this channel's loop would otherwise take every write for a turn.
            turn.forEach(Runnable::run);
            turn.clear();
        }
    });
    private final Outbound out = new Outbound(channel);
    private final CqlFrameWriter writer = new CqlFrameWriter(memory);

    CqlFrameWriterTest() {
        memory.allow(Long.MAX_VALUE);
    }

    @AfterEach
    void nothingIsLeft() {
        out.close();
        channel.finishAndReleaseAll();
        memory.expectAllFree();
    }

    private static ByteBuf frame(int version, int stream, int bytes, int variety) {
        byte[] token = CqlCompressionTest.bytes(bytes - CqlFrameHeader.BYTES - 4, variety, new Random(bytes));
        return Oracle.request(version, stream, new AuthResponse(ByteBuffer.wrap(token)));
    }

    private void write(ByteBuf frame) {
        turn.add(() -> {
            writer.write(frame, frame.readerIndex(), frame.readableBytes(), out);
            frame.release();
        });
    }

    private void write(ByteBuf frame, int stream) {
        write(frame, stream, writer);
    }

    private void write(ByteBuf frame, int stream, CqlFrameWriter by) {
        turn.add(() -> {
            by.write(frame, frame.readerIndex(), frame.readableBytes(), stream, out);
            frame.release();
        });
    }

    /** What leaves when the turn of the loop ends, in the pieces that the channel got. */
    private List<ByteBuf> pieces() {
        channel.writeInbound("turn");
        List<ByteBuf> pieces = new ArrayList<>();
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            pieces.add(piece);
        }
        return pieces;
    }

    private byte[] flushed() {
        ByteBuf all = Unpooled.wrappedBuffer(pieces().toArray(ByteBuf[]::new));
        byte[] bytes = ByteBufUtil.getBytes(all);
        all.release();
        return bytes;
    }

    private static Received read(byte[] wire, CqlCompression compression, boolean segments) {
        return Received.of(memory -> reader(memory, compression, segments), wire);
    }

    private static CqlFrameReader reader(ByteBufAllocator memory, CqlCompression compression, boolean segments) {
        CqlFrameReader reader = CqlFrameReader.ofRequests(memory, LIMIT);
        reader.begin(compression, segments);
        return reader;
    }

    @Test
    void aPlainFrameLeavesAsItIs() {
        ByteBuf frame = frame(4, 7, 5000, 256);
        write(frame.retain());
        List<ByteBuf> pieces = pieces();
        assertThat(pieces)
                .singleElement()
                .satisfies(piece -> assertThat(piece.array()).isSameAs(frame.array()));
        pieces.get(0).release();
        frame.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 13, 600, 5000})
    void anotherStreamGoesToTheWireAndNotIntoTheBuffer(int bytes) {
        ByteBuf frame = bytes == 9 ? Oracle.request(4, 7, Options.INSTANCE) : frame(4, 7, bytes, 256);
        String before = ByteBufUtil.hexDump(frame);
        write(frame.retain(), 0x1234);
        write(frame.retain(), 7);
        write(frame.retain(), -2);
        String after = ByteBufUtil.hexDump(flushed());
        assertThat(after)
                .isEqualTo(before.substring(0, 4) + "1234" + before.substring(8) + before + before.substring(0, 4)
                        + "fffe" + before.substring(8));
        assertThat(ByteBufUtil.hexDump(frame)).isEqualTo(before);
        frame.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY"})
    void aLongBodyIsCompressedWhereThatMakesItSmaller(CqlCompression compression) {
        writer.begin(compression, false);
        StringBuilder plain = new StringBuilder();
        int written = 0;
        for (int bytes : new int[] {13, 520, 521, 5000, 70_000, 3_000_000}) {
            for (int variety : new int[] {3, 256}) {
                ByteBuf frame = frame(4, 7, bytes, variety);
                CqlFrameHeader.setStream(frame, 0, 9);
                plain.append(ByteBufUtil.hexDump(frame));
                CqlFrameHeader.setStream(frame, 0, 7);
                write(frame, 9);
                byte[] wire = flushed();
                boolean packed = (wire[1] & CqlFrameHeader.COMPRESSED) != 0;
                assertThat(packed).as("%d bytes", bytes).isEqualTo(bytes >= 521 && variety < 256);
                assertThat(wire.length < bytes).isEqualTo(packed);
                Received received = read(wire, compression, false);
                assertThat(received.frames()).hasSize(1);
                assertThat(plain.substring(written).equals(received.bytes())).isTrue();
                written = plain.length();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void framesOfOneTurnShareASegment(boolean lz4) throws Exception {
        writer.begin(lz4 ? CqlCompression.LZ4 : CqlCompression.NONE, true);
        ByteBuf expected = Unpooled.buffer();
        for (int i = 0; i < 40; i++) {
            ByteBuf frame = Oracle.request(5, i, new Query("SELECT * FROM t WHERE k = " + i));
            expected.writeBytes(frame.duplicate());
            write(frame);
        }
        ByteBuf wire = Unpooled.wrappedBuffer(flushed());
        Segment<ByteBuf> segment = Oracle.readSegment(wire, lz4);
        assertThat(wire.isReadable()).isFalse();
        assertThat(segment.isSelfContained).isTrue();
        assertThat(ByteBufUtil.hexDump(segment.payload)).isEqualTo(ByteBufUtil.hexDump(expected));
    }

    @Test
    void theNextTurnHasASegmentOfItsOwn() throws Exception {
        writer.begin(CqlCompression.NONE, true);
        for (int i = 0; i < 3; i++) {
            write(Oracle.request(5, i, Options.INSTANCE));
            ByteBuf wire = Unpooled.wrappedBuffer(flushed());
            assertThat(Oracle.readSegment(wire, false).payload.readableBytes()).isEqualTo(9);
            assertThat(wire.isReadable()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"NONE, 256", "LZ4, 256", "LZ4, 5"})
    void theDriverReadsWhateverIsWritten(CqlCompression compression, int variety) throws Exception {
        writer.begin(compression, true);
        boolean lz4 = compression == CqlCompression.LZ4;
        Random random = new Random(variety);
        for (int turn = 0; turn < 60; turn++) {
            ByteBuf expected = Unpooled.buffer();
            for (int i = random.nextInt(12); i >= 0; i--) {
                int most = random.nextInt(10) == 0 ? 400_000 : 9000;
                ByteBuf frame = frame(5, random.nextInt(100), 13 + random.nextInt(most), variety);
                int stream = random.nextInt(100);
                expected.writeBytes(frame.duplicate());
                expected.setShort(expected.writerIndex() - frame.readableBytes() + 2, stream);
                write(frame, stream);
            }
            byte[] sent = flushed();
            ByteBuf wire = Unpooled.wrappedBuffer(sent);
            ByteBuf payloads = Unpooled.buffer();
            while (wire.isReadable()) {
                payloads.writeBytes(Oracle.readSegment(wire, lz4).payload);
            }
            assertThat(payloads.equals(expected))
                    .as("seed %d, turn %d", variety, turn)
                    .isTrue();
            assertThat(read(sent, compression, true).bytes().equals(ByteBufUtil.hexDump(expected)))
                    .as("seed %d, turn %d", variety, turn)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "LZ4"})
    void aSegmentIsFilledUpAndNoMore(CqlCompression compression) throws Exception {
        writer.begin(compression, true);
        int count = 40;
        int bytes = SegmentHeader.MAX_PAYLOAD / count;
        int last = SegmentHeader.MAX_PAYLOAD - bytes * (count - 1);
        for (int i = 0; i < count - 1; i++) {
            write(frame(5, i, bytes, 256));
        }
        write(frame(5, 40, last, 256));
        write(Oracle.request(5, 41, Options.INSTANCE));
        ByteBuf wire = Unpooled.wrappedBuffer(flushed());
        boolean lz4 = compression == CqlCompression.LZ4;
        assertThat(Oracle.readSegment(wire, lz4).payload.readableBytes()).isEqualTo(SegmentHeader.MAX_PAYLOAD);
        assertThat(Oracle.readSegment(wire, lz4).payload.readableBytes()).isEqualTo(9);
        assertThat(wire.isReadable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"131071, true, 1", "131072, false, 2", "262142, false, 2", "262143, false, 3"})
    void aFrameThatIsTooLongForASegmentGoesIntoSeveral(int bytes, boolean selfContained, int count) throws Exception {
        for (CqlCompression compression : List.of(CqlCompression.NONE, CqlCompression.LZ4)) {
            CqlFrameWriter fresh = new CqlFrameWriter(memory);
            fresh.begin(compression, true);
            write(frame(5, 1, bytes, 256), 2, fresh);
            ByteBuf wire = Unpooled.wrappedBuffer(flushed());
            for (int i = 0; i < count; i++) {
                assertThat(Oracle.readSegment(wire, compression == CqlCompression.LZ4).isSelfContained)
                        .isEqualTo(selfContained);
            }
            assertThat(wire.isReadable()).isFalse();
        }
    }

    @Test
    void aLargeFrameIsNotCopiedIntoItsSegment() {
        writer.begin(CqlCompression.NONE, true);
        ByteBuf frame = frame(5, 1, 50_000, 256);
        write(frame.retain(), 2);
        List<ByteBuf> pieces = pieces();
        assertThat(pieces).anySatisfy(piece -> {
            assertThat(piece.hasArray()).isTrue();
            assertThat(piece.array()).isSameAs(frame.array());
        });
        pieces.forEach(ByteBuf::release);
        frame.release();
    }

    @Test
    void framesKeepTheirOrderAcrossTheBeginningOfSegments() {
        write(Oracle.request(5, 1, Options.INSTANCE));
        turn.add(() -> writer.begin(CqlCompression.NONE, true));
        write(Oracle.request(5, 2, Options.INSTANCE));
        byte[] wire = flushed();
        assertThat(wire).hasSize(9 + 6 + 9 + 4);
        assertThat(wire[3]).isEqualTo((byte) 1);
        assertThat(wire[9 + 6 + 3]).isEqualTo((byte) 2);
    }

    @Test
    void whatIsJoinedWhenTheConnectionClosesIsReleased() {
        writer.begin(CqlCompression.NONE, true);
        write(Oracle.request(5, 1, Options.INSTANCE));
        write(frame(5, 1, 50_000, 256), 2);
        write(Oracle.request(5, 1, Options.INSTANCE));
        turn.add(out::close);
        turn.add(memory::expectAllFree);
        write(Oracle.request(5, 1, Options.INSTANCE));
        write(frame(5, 1, 50_000, 256), 2);
        turn.add(memory::expectAllFree);
        turn.add(channel::flush);
        pieces().forEach(ByteBuf::release);
    }

    @Test
    void nothingIsHeldBetweenTurns() {
        writer.begin(CqlCompression.LZ4, true);
        write(Oracle.request(5, 1, Options.INSTANCE));
        flushed();
        assertThat(memory.held()).isZero();
    }

    @Test
    void aPooledAllocatorWillDo() {
        CqlFrameWriter pooled = new CqlFrameWriter(PooledByteBufAllocator.DEFAULT);
        pooled.begin(CqlCompression.LZ4, true);
        ByteBuf frame = frame(5, 1, 300_000, 5);
        write(frame.retain(), 1, pooled);
        assertThat(read(flushed(), CqlCompression.LZ4, true).bytes()).isEqualTo(ByteBufUtil.hexDump(frame));
        frame.release();
    }
}
