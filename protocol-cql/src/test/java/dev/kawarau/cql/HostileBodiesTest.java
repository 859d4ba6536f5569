package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a frame says: a message or a {@link CqlProtocolException}, within the memory that its bytes are worth. */
class HostileBodiesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What an object takes that four bytes of a frame ask for, and then some. */
    static final int PER_BYTE = 64;

    static final int UNCONDITIONAL = 16 * 1024;

    private static ByteBuf frame(int version, CqlOpcode opcode, String body) {
        byte[] bytes = ByteBufUtil.decodeHexDump(body.replace(" ", ""));
        ByteBuf frame = Unpooled.buffer();
        new CqlFrameHeader(version, 0, 7, opcode, bytes.length).writeTo(frame);
        return frame.writeBytes(bytes);
    }

    /** The message, or null if it was refused. */
    static @Nullable Frame decoded(ByteBuf frame) {
        long most = UNCONDITIONAL + (long) PER_BYTE * frame.readableBytes();
        long taken = Long.MAX_VALUE;
        Frame decoded = null;
        String refusal = null;
        // Again, if classes had to be loaded.
        for (int i = 0; i < 3 && taken > most; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                decoded = CqlCodec.decode(frame);
            } catch (CqlProtocolException refused) {
                refusal = refused.getMessage();
            }
            taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        if (taken > most) {
            throw new AssertionError(taken + " bytes of heap for " + frame.readableBytes() + ": " + refusal);
        }
        return decoded;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 42, 20261120})
    void damagedFramesAreMessagesOrRefused(long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int version = 3; version <= 5; version++) {
            for (Message message : Messages.requests(version)) {
                frames.add(ByteBufUtil.getBytes(Oracle.request(version, 5, message)));
            }
            for (Message message : Messages.responses(version)) {
                frames.add(ByteBufUtil.getBytes(Oracle.response(version, 5, message)));
            }
        }
        frames.removeIf(frame -> frame.length > 10_000);
        frames.forEach(frame -> decoded(Unpooled.wrappedBuffer(frame)));
        int read = 0;
        for (int round = 0; round < 60_000; round++) {
            byte[] damaged = damaged(frames.get(random.nextInt(frames.size())), random);
            try {
                Frame frame = decoded(Unpooled.wrappedBuffer(damaged));
                if (frame != null) {
                    read++;
                    // What can be read can be written.
                    CqlCodec.decode(CqlCodec.encode(frame));
                }
            } catch (RuntimeException | StackOverflowError | AssertionError failure) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ": " + ByteBufUtil.hexDump(damaged), failure);
            }
        }
        assertThat(read).isBetween(1000, 59_000);
    }

    private static byte[] damaged(byte[] frame, Random random) {
        byte[] damaged = frame.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt();
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> damaged[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                default -> damaged[at] = (byte) random.nextInt(50);
            }
        }
        if (random.nextInt(3) == 0) {
            damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
        }
        if (damaged.length >= CqlFrameHeader.BYTES && random.nextInt(10) > 0) {
            Unpooled.wrappedBuffer(damaged).setInt(CqlFrameHeader.LENGTH, damaged.length - CqlFrameHeader.BYTES);
        }
        return damaged;
    }

    @ParameterizedTest
    @CsvSource({
        "STARTUP, ffff 0001 61", // options
        "REGISTER, ffff 0001 61", // event types
        "QUERY, 7fffffff 61", // a statement
        "QUERY, ffffffff 61",
        "QUERY, 00000001 61 0001 00000001 ffff 00000000", // values
        "QUERY, 00000001 61 0001 00000041 ffff 0001 61 00000000", // named values
        "QUERY, 00000001 61 0001 00000001 0001 7fffffff", // a value
        "QUERY, 00000001 61 0001 00000001 0001 fffffffd",
        "EXECUTE, ffff 61", // an id
        "BATCH, 00 ffff 00 00000001 61 0000", // statements
        "BATCH, 00 0001 00 00000001 61 ffff 00000000", // values of one
        "AUTH_RESPONSE, 7fffffff",
        "SUPPORTED, ffff 0001 61 0000",
        "SUPPORTED, 0001 0001 61 ffff 0001 61",
        "AUTHENTICATE, ffff 61",
        "ERROR, 00001300 0001 61 0001 00000001 00000001 7fffffff 04 7f000001 0001", // failures
        "ERROR, 00001500 0001 61 0001 00000001 00000001 ffffffff 04 7f000001 0001",
        "RESULT, 00000002 00000004 7fffffff 00000001 00000000", // columns, and none of them described
        "RESULT, 00000002 00000001 7fffffff 0001 61 0001 61 00000000", // columns
        "RESULT, 00000002 00000000 ffffffff",
        "RESULT, 00000002 00000004 00000001 7fffffff 00000000", // rows
        "RESULT, 00000002 00000004 40000000 40000000 00000000", // rows and columns
        "RESULT, 00000002 00000004 00000000 7fffffff", // rows without columns
        "RESULT, 00000002 00000004 00000001 ffffffff",
        "RESULT, 00000002 00000001 00000001 0001 61 0001 61 0001 61 0031 ffff 0001", // a tuple
        "RESULT, 00000002 00000001 00000001 0001 61 0001 61 0001 61 0030 0001 61 0001 61 ffff 0001 61 0001", // a UDT
        "RESULT, 00000004 0001 61 0001 61 00000000 00000000 7fffffff 0000", // keys of a prepared statement
        "EVENT, 000d 5354415455535f4348414e4745 0002 5550 7f 7f000001", // an address of 127 bytes
    })
    void whatIsPromisedCostsNothingUntilItComes(CqlOpcode opcode, String body) {
        ByteBuf frame = frame(5, opcode, body);
        assertThat(decoded(frame)).isNull();
        assertThatThrownBy(() -> CqlCodec.decode(frame)).isInstanceOfSatisfying(CqlProtocolException.class, refused -> {
            assertThat(refused.stream()).isEqualTo(7);
            assertThat(refused.version()).isEqualTo(5);
            assertThat(refused).hasMessageStartingWith("Malformed " + opcode + ": ");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0020", "0022", "00210009", "00310001", "003000000000000100016b"})
    void typesWithinTypesEndSomewhere(String type) {
        String columns = "00000002 00000001 00000001 0000 0000 0000 ";
        String deepest = type.repeat(MetadataReader.MAX_DEPTH - 1) + "0009 00000000";
        assertThat(decoded(frame(4, CqlOpcode.RESULT, columns + deepest))).isNotNull();
        for (int levels : new int[] {MetadataReader.MAX_DEPTH, 1000, 100_000}) {
            String tooDeep = type.repeat(levels) + "0009 00000000";
            assertThat(decoded(frame(4, CqlOpcode.RESULT, columns + tooDeep))).isNull();
        }
    }

    @Test
    void twoOptionsOfOneNameAreRefused() {
        assertThat(decoded(frame(4, CqlOpcode.STARTUP, "0002 0001 61 0001 62 0001 61 0001 62")))
                .isNull();
    }

    @Test
    void optionsWithoutEndAreRefused() {
        StringBuilder body = new StringBuilder("ffff");
        for (int i = 0; i < 0xffff; i++) {
            body.append("0003").append(String.format("%06x", i)).append("0000");
        }
        assertThat(decoded(frame(4, CqlOpcode.STARTUP, body.toString()))).isNull();
    }

    @Test
    void version3HasNeitherPayloadNorWarnings() {
        ByteBuf frame = frame(3, CqlOpcode.QUERY, "0000 00000001 61 0001 00");
        for (int flag : new int[] {CqlFrameHeader.CUSTOM_PAYLOAD, CqlFrameHeader.WARNING}) {
            frame.setByte(CqlFrameHeader.FLAGS, flag);
            assertThat(decoded(frame)).isNull();
        }
    }

    @Test
    void aFrameIsAsLongAsItSays() {
        assertThat(decoded(frame(4, CqlOpcode.OPTIONS, "").writeByte(0))).isNull();
        assertThat(decoded(frame(4, CqlOpcode.OPTIONS, "").writerIndex(8))).isNull();
        assertThat(decoded(frame(4, CqlOpcode.OPTIONS, "00").writerIndex(9))).isNull();
        assertThat(decoded(Unpooled.EMPTY_BUFFER)).isNull();
    }

    @Test
    void aCompressedFrameIsNotReadAsIfItWerePlain() {
        assertThat(decoded(frame(4, CqlOpcode.OPTIONS, "").setByte(CqlFrameHeader.FLAGS, 1)))
                .isNull();
        assertThat(decoded(frame(5, CqlOpcode.OPTIONS, "").setByte(CqlFrameHeader.FLAGS, 1)))
                .isNotNull();
    }
}
