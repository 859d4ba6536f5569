package dev.kawarau.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CumulationTest {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
    private final Cumulation cumulation = new Cumulation(memory);

    @AfterEach
    void everythingIsGivenBack() {
        cumulation.close();
        assertThat(memory.metric().usedDirectMemory()).isZero();
    }

    @Test
    void whatIsReadInOnePieceIsNotCopied() {
        ByteBuf in = read(new byte[1000], 1000);
        cumulation.add(in);

        assertThat(cumulation.buffer()).isSameAs(in);
        assertThat(cumulation.size()).isEqualTo(1000);
    }

    @Test
    void bytesThatFitAreAppendedWithoutMovingTheOthers() {
        ByteBuf in = read(new byte[] {1, 2}, 100);
        cumulation.add(in);
        cumulation.add(read(new byte[] {3}, 100));

        assertThat(cumulation.buffer()).isSameAs(in);
        assertThat(content()).containsExactly(1, 2, 3);
    }

    @Test
    void aFewBytesDoNotHoldTheLargeBufferThatTheyWereReadInto() {
        cumulation.add(read(new byte[] {1, 2, 3}, 64 * 1024));

        assertThat(content()).containsExactly(1, 2, 3);
        assertThat(memory.metric().usedDirectMemory()).isLessThan(100);
    }

    @Test
    void theBeginningOfAFrameDoesNotHoldTheLargeBufferOfThoseBeforeIt() {
        byte[] bytes = new byte[64 * 1024];
        bytes[bytes.length - 1] = 7;
        cumulation.add(read(bytes, bytes.length));
        ByteBuf held = Objects.requireNonNull(cumulation.buffer());
        held.skipBytes(bytes.length - 25);
        cumulation.trim();

        assertThat(cumulation.size()).isEqualTo(25);
        assertThat(content()).endsWith(7);
        assertThat(memory.metric().usedDirectMemory()).isLessThan(100);
    }

    @Test
    void bytesThatComeOneByOneTakeMemoryForWhatCameOnly() {
        int length = 300_000;
        for (int i = 0; i < length; i++) {
            cumulation.add(read(new byte[] {(byte) i}, 2048));
        }

        assertThat(cumulation.size()).isEqualTo(length);
        // Twice for room to grow, and the buffer of the last read.
        assertThat(memory.metric().usedDirectMemory()).isLessThan(2L * length + 4096);
        byte[] expected = new byte[length];
        for (int i = 0; i < length; i++) {
            expected[i] = (byte) i;
        }
        assertThat(content()).isEqualTo(expected);
    }

    @Test
    void readBuffersThatAreMostlyEmptyAreNotHeld() {
        int reads = 2_000;
        for (int i = 0; i < reads; i++) {
            cumulation.add(read(new byte[100], 64 << 10));
        }

        assertThat(cumulation.size()).isEqualTo(reads * 100);
        assertThat(memory.metric().usedDirectMemory()).isLessThan(3L * reads * 100 + (64 << 10));
    }

    @Test
    void aLongRequestGrowsInPiecesThatAreNotCopied() {
        List<ByteBuf> pieces = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ByteBuf piece = read(new byte[60_000], 65_536);
            pieces.add(piece);
            cumulation.add(piece);
        }

        assertThat(cumulation.buffer()).isInstanceOf(CompositeByteBuf.class);
        assertThat(pieces).allMatch(piece -> piece.refCnt() == 1);
        assertThat(cumulation.size()).isEqualTo(3_000_000);
    }

    @Test
    void manySmallPiecesBehindALongRequestThatWasCutOffAreJoined() {
        cumulation.add(read(new byte[60_000], 60_000));
        cumulation.add(read(new byte[60_000], 60_000));
        for (int i = 0; i < 60; i++) {
            cumulation.add(read(new byte[] {(byte) i}, 100));
        }
        cumulation.buffer().skipBytes(120_050);
        cumulation.trim();
        for (int i = 60; i < 70; i++) {
            cumulation.add(read(new byte[] {(byte) i}, 100));
        }

        assertThat(content())
                .containsExactly(50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69);
    }

    @Test
    void trimGivesUpWhatWasCutIntoFrames() {
        cumulation.add(read(new byte[60_000], 60_000));
        cumulation.add(read(new byte[60_000], 60_000));
        cumulation.buffer().skipBytes(60_001);
        cumulation.trim();
        assertThat(memory.metric().usedDirectMemory()).isEqualTo(60_000);

        cumulation.buffer().skipBytes(59_999);
        cumulation.trim();
        assertThat(memory.metric().usedDirectMemory()).isZero();
        assertThat(cumulation.buffer()).isNull();
    }

    @Test
    void anEmptyReadChangesNothing() {
        cumulation.add(read(new byte[0], 16));
        assertThat(cumulation.size()).isZero();
        cumulation.add(read(new byte[] {1}, 16));
        cumulation.add(read(new byte[0], 16));

        assertThat(content()).containsExactly(1);
    }

    /** Random reads and random frames; whatever is cut off must stay as it was, however long it is held. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void retainedFramesNeverMove(long seed) {
        Random random = new Random(seed);
        List<Frame> held = new ArrayList<>();
        byte added = 0;
        byte taken = 0;
        int waiting = 0;
        for (int step = 0; step < 1_500; step++) {
            byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = added++;
            }
            waiting += bytes.length;
            cumulation.add(read(bytes, bytes.length + random.nextInt(3) * random.nextInt(20_000)));
            while (random.nextInt(3) > 0 && cumulation.size() > 0) {
                int most = random.nextBoolean() ? cumulation.size() : Math.min(100, cumulation.size());
                byte[] expected = new byte[1 + random.nextInt(most)];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = taken++;
                }
                waiting -= expected.length;
                held.add(Frame.cut(cumulation.buffer(), expected));
                held.get(held.size() - 1).check(seed, step);
            }
            cumulation.trim();
            assertThat(cumulation.size()).as("seed %d, step %d", seed, step).isEqualTo(waiting);
            while (held.size() > 20) {
                Frame oldest = held.remove(random.nextInt(held.size()));
                oldest.check(seed, step);
                oldest.buffer().release();
            }
        }
        for (Frame frame : held) {
            frame.check(seed, -1);
            frame.buffer().release();
        }
    }

    private record Frame(ByteBuf buffer, int start, byte[] expected) {
        static Frame cut(ByteBuf buffer, byte[] expected) {
            int start = buffer.readerIndex();
            buffer.skipBytes(expected.length);
            return new Frame(buffer.retain(), start, expected);
        }

        void check(long seed, int step) {
            byte[] now = new byte[expected.length];
            buffer.getBytes(start, now);
            assertThat(Arrays.equals(now, expected))
                    .as("seed %d, step %d", seed, step)
                    .isTrue();
        }
    }

    private ByteBuf read(byte[] bytes, int capacity) {
        return memory.directBuffer(capacity).writeBytes(bytes);
    }

    private byte[] content() {
        ByteBuf buffer = cumulation.buffer();
        byte[] content = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), content);
        return content;
    }
}
