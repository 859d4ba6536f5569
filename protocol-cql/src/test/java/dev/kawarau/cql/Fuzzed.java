package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Frame;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;

/** What the fuzz targets check: cheap where nothing is wrong, since they run millions of times. */
final class Fuzzed {
    /** So many bytes one by one take time that grows with their square. */
    private static final int SHORT = 300;

    private Fuzzed() {}

    /** Whatever pieces it comes in, a stream is the same frames and the same refusal, and each frame a message or none. */
    static void check(Function<ByteBufAllocator, CqlFrameReader> maker, byte[] wire) {
        Received whole = Received.of(maker, wire);
        Random random = new Random(Arrays.hashCode(wire));
        int longest = 1 + random.nextInt(1 + wire.length);
        Arrival arrival = Arrival.values()[random.nextInt(Arrival.values().length)];
        same("in pieces", Received.of(maker, wire, arrival, at -> 1 + random.nextInt(longest)), whole);
        if (wire.length <= SHORT) {
            same("byte by byte", Received.of(maker, wire, Arrival.MOVED, at -> 1), whole);
        }
        for (Object frame : whole.frames()) {
            if (frame instanceof Received.Plain plain) {
                checkFrame(ByteBufUtil.decodeHexDump(plain.bytes()));
            }
        }
    }

    /** What can be read can be written, and what was written reads the same ever after. */
    private static void checkFrame(byte[] bytes) {
        Frame frame = HostileBodiesTest.decoded(Unpooled.wrappedBuffer(bytes));
        if (frame != null) {
            ByteBuf written = CqlCodec.encode(frame);
            String once = ByteBufUtil.hexDump(written);
            same("written twice", ByteBufUtil.hexDump(CqlCodec.encode(CqlCodec.decode(written))), once);
        }
    }

    private static void same(String what, Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError(what + "\n   found: " + found + "\nexpected: " + expected);
        }
    }
}
