package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of the driver, damaged at random: what comes out is what the specification's words give, read a second way. */
class HostileFramesTest {
    private static final int ROUNDS = 20_000;
    private static final int LIMIT = 4096;
    private static final List<Integer> REQUESTS = List.of(1, 5, 7, 9, 10, 11, 13, 15);

    /** What a reader makes of a stream of bytes: the frames, then perhaps a refusal and at what it is answered. */
    private record Outcome(List<String> frames, String refusal) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 42, 20261120})
    void damagedBytesAreFramesOrRefusedAndNeverAnythingElse(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] wire = damaged(random);
            assertThat(read(wire, Arrival.HEAP, wire.length))
                    .as("seed %d, round %d, bytes %s", seed, round, ByteBufUtil.hexDump(wire))
                    .isEqualTo(expected(wire));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 20261120})
    void itMakesNoDifferenceInWhichPiecesBytesArrive(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] wire = damaged(random);
            int piece = 1 + random.nextInt(12);
            Arrival arrival = Arrival.values()[random.nextInt(Arrival.values().length)];
            assertThat(read(wire, arrival, piece))
                    .as("seed %d, round %d, pieces of %d, bytes %s", seed, round, piece, ByteBufUtil.hexDump(wire))
                    .isEqualTo(read(wire, Arrival.HEAP, wire.length));
        }
    }

    private static byte[] damaged(Random random) {
        int version = 3 + random.nextInt(3);
        ByteBuf wire = Unpooled.buffer();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Message message = Oracle.REQUESTS.get(random.nextInt(Oracle.REQUESTS.size()));
            wire.writeBytes(Oracle.request(version, random.nextInt(1 << 15), message));
        }
        byte[] bytes = ByteBufUtil.getBytes(wire);
        for (int i = random.nextInt(3); i > 0; i--) {
            // The header is where damage tells, so it gets most of it.
            int at = random.nextInt(random.nextBoolean() ? CqlFrameHeader.BYTES : bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    private static Outcome read(byte[] wire, Arrival arrival, int piece) {
        Received received = Received.of(HostileFramesTest::reader, wire, arrival, at -> piece);
        List<String> frames = new ArrayList<>();
        for (Object frame : received.frames()) {
            frames.add(frame instanceof Received.Plain plain ? plain.bytes() + ' ' + plain.header() : "foreign");
        }
        String refusal = received.refusal();
        return new Outcome(frames, refusal == null ? "" : refusal.substring(0, refusal.indexOf(' ')));
    }

    private static CqlFrameReader reader(ByteBufAllocator memory) {
        CqlFrameReader reader = CqlFrameReader.ofRequests(memory, LIMIT);
        reader.begin(CqlCompression.NONE, false);
        return reader;
    }

    /** The specification's rules, one after the other, on an array; the length of a body is the driver's word. */
    private static Outcome expected(byte[] wire) {
        List<String> frames = new ArrayList<>();
        int first = 0;
        int at = 0;
        while (at < wire.length) {
            int version = wire[at] & 0x7f;
            int shorter = version == 1 || version == 2 ? 1 : 0;
            if (wire.length - at < 9 - shorter) {
                break;
            }
            if (version < 3 || version > 5) {
                int length = ByteBuffer.wrap(wire).getInt(at + 5 - shorter);
                if (wire[at] < 0 || !REQUESTS.contains((int) wire[at + 4 - shorter]) || length < 0 || length > LIMIT) {
                    int stream = (short) (wire[at + 2] << 8 | wire[at + 3] & 0xff);
                    return new Outcome(frames, shorter == 1 ? version + "/" + wire[at + 2] : "5/" + stream);
                }
                at += 9 - shorter + length;
                if (at <= wire.length) {
                    frames.add("foreign");
                }
                continue;
            }
            int stream = (short) (wire[at + 2] << 8 | wire[at + 3] & 0xff);
            int body = Oracle.SERVER.decodeBodySize(Unpooled.wrappedBuffer(wire, at, wire.length - at));
            boolean request = REQUESTS.contains((int) wire[at + 4]);
            if (wire[at] < 0 || !request || stream < 0 || body < 0 || body > LIMIT) {
                return new Outcome(frames, version + "/" + stream);
            }
            first = first == 0 ? version : first;
            if (version != first) {
                return new Outcome(frames, first + "/" + stream);
            }
            if (wire.length - at < 9 + body) {
                break;
            }
            int flags = wire[at + 1] & 0xff;
            if ((flags & CqlFrameHeader.COMPRESSED) != 0) {
                if (version < 5) {
                    return new Outcome(frames, version + "/" + stream);
                }
                flags -= CqlFrameHeader.COMPRESSED;
            }
            CqlFrameHeader header = new CqlFrameHeader(version, flags, stream, CqlOpcode.of(wire[at + 4]), body);
            frames.add(ByteBufUtil.hexDump(wire, at, 9 + body) + ' ' + header);
            at += 9 + body;
        }
        return new Outcome(frames, "");
    }
}
