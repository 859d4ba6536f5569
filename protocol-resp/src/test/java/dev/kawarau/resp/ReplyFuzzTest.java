package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What a server may send: {@link ReplyScanner}, and {@link RespReader} on every frame that it finds. */
class ReplyFuzzTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);
    private static final int SHORT = 1000;
    private static final int MOST_TRIES = 50;
    private static final String TOO_BIG = "Protocol error: too big reply";

    /** What the scanner leaves to the reader to judge. */
    private static final Set<String> WRONG_CONTENTS = Set.of(
            "Protocol error: invalid number",
            "Protocol error: invalid double",
            "Protocol error: invalid big number",
            "Protocol error: invalid boolean",
            "Protocol error: invalid null",
            "Protocol error: invalid verbatim string");

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void replies(byte[] stream) {
        check(stream);
    }

    static void check(byte[] stream) {
        Scanned whole = Scanned.replies(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length);
        for (int i = 0; i < whole.ends().size(); i++) {
            anErrorIsKnownByItsType(whole.frame(stream, i), whole.frames().get(i));
        }
        takesNoMoreMemoryThanItGets(stream);

        Random random = new Random(Arrays.hashCode(stream));
        int longest = 1 + random.nextInt(1 + stream.length);
        Arrival arrival = Arrival.values()[random.nextInt(Arrival.values().length)];
        for (RespLimits limits : List.of(RespLimits.DEFAULT, Oracle.TIGHT, Oracle.NARROW)) {
            Scanned limited = Scanned.replies(stream, limits, Arrival.HEAP, at -> stream.length);
            Oracle.that(whole.beginsWith(limited), "other frames within limits", limited);
            Oracle.that(limited.error() != null || limited.equals(whole), "limits made frames vanish", limited);
            theReaderAgrees(stream, limited, new RespReader(limits));
            isTheSameInPieces(limited, Scanned.replies(stream, limits, arrival, at -> 1 + random.nextInt(longest)));
            if (stream.length <= SHORT) {
                isTheSameInPieces(limited, Scanned.replies(stream, limits, Arrival.MOVED, at -> 1));
            }
        }
    }

    /** The reader takes each frame, and nothing that is less or more. */
    private static void theReaderAgrees(byte[] stream, Scanned scanned, RespReader reader) {
        ByteBuf in = Unpooled.wrappedBuffer(stream, new byte[] {'+'});
        int from = 0;
        for (int end : scanned.ends()) {
            try {
                reader.read(in, from, end);
            } catch (RespProtocolException refused) {
                Oracle.that(WRONG_CONTENTS.contains(refused.getMessage()), "no frame to the reader", refused);
            }
            refuses(reader, in, from, end - 1);
            refuses(reader, in, from, end + 1);
            from = end;
        }
        int tries = 0;
        for (int end = from + 1; end <= stream.length && tries < MOST_TRIES; end++) {
            // A frame ends with a line.
            if (stream[end - 1] == '\n' || end == stream.length) {
                refuses(reader, in, from, end);
                tries++;
            }
        }
    }

    private static void refuses(RespReader reader, ByteBuf in, int from, int end) {
        try {
            RespValue value = reader.read(in, from, end);
            throw new AssertionError("the reader takes for a frame what the scanner does not: " + value);
        } catch (RespProtocolException refused) {
            // As it should be.
        }
    }

    private static void anErrorIsKnownByItsType(byte[] frame, String facts) {
        LoneSession session = new LoneSession(UnpooledByteBufAllocator.DEFAULT);
        RespMessage reply = RespMessage.push(session, Unpooled.wrappedBuffer(frame), 0, frame.length);
        boolean error = facts.contains(" type - ") || facts.contains(" type ! ");
        Oracle.same("is an error: " + facts, reply.isError(), error);
    }

    private static void takesNoMoreMemoryThanItGets(byte[] stream) {
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
        Oracle.withinMemory(stream.length, () -> scanner.scan(in));
        Oracle.withinMemory(stream.length, () -> READER.read(in, 0, stream.length) == null);
    }

    /** A frame that must grow too big is refused sooner or later, as it comes; all else is the same. */
    private static void isTheSameInPieces(Scanned whole, Scanned pieces) {
        Oracle.same("frames in pieces", pieces.frames(), whole.frames());
        if (!TOO_BIG.equals(whole.error()) && !TOO_BIG.equals(pieces.error())) {
            Oracle.same(
                    "an error in pieces: " + pieces.error() + " or " + whole.error(),
                    pieces.error() != null,
                    whole.error() != null);
        }
    }
}
