package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kawarau.Message;
import dev.kawarau.leakcheck.Arrival;
import dev.kawarau.leakcheck.BoundedAllocator;
import dev.kawarau.wire.Cumulation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a client may send: {@link RequestScanner}, {@link RespDecoder}, {@link RespReader#arguments}. */
class RequestFuzzTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);

    /** So many bytes one by one take time that grows with their square. */
    private static final int SHORT = 1000;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void requests(byte[] stream) {
        check(stream);
    }

    static void check(byte[] stream) {
        PlainRequests plain = PlainRequests.of(stream);
        Scanned whole = Scanned.requests(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length);
        saysWhatAPlainReadingSays(stream, plain, whole);
        takesNoMoreMemoryThanItGets(stream);

        Random random = new Random(Arrays.hashCode(stream));
        int longest = 1 + random.nextInt(1 + stream.length);
        Arrival arrival = Arrival.values()[random.nextInt(Arrival.values().length)];
        for (RespLimits limits : List.of(RespLimits.DEFAULT, Oracle.TIGHT, Oracle.NARROW)) {
            Scanned limited = Scanned.requests(stream, limits, Arrival.HEAP, at -> stream.length);
            Oracle.that(whole.beginsWith(limited), "other frames within limits", limited);
            Oracle.that(limited.error() != null || limited.equals(whole), "limits made frames vanish", limited);
            isTheSameInPieces(limited, Scanned.requests(stream, limits, arrival, at -> 1 + random.nextInt(longest)));
            if (stream.length <= SHORT) {
                isTheSameInPieces(limited, Scanned.requests(stream, limits, Arrival.MOVED, at -> 1));
            }
            decodesToTheSameArguments(stream, plain, limits, longest, random);
        }
    }

    private static void saysWhatAPlainReadingSays(byte[] stream, PlainRequests plain, Scanned scanned) {
        Oracle.same(
                "ends of frames",
                scanned.ends(),
                plain.requests.stream().map(PlainRequests.Request::end).toList());
        Oracle.same("malformed: " + scanned.error(), scanned.error() != null, plain.malformed);
        for (int i = 0; i < scanned.ends().size(); i++) {
            byte[] frame = scanned.frame(stream, i);
            PlainRequests.Request expected = plain.requests.get(i);
            Oracle.same("facts", scanned.frames().get(i), facts(frame, expected));
            Oracle.same("arguments", arguments(frame), expected.arguments());
            if (!expected.inline()) {
                aWriterWritesTheSame(frame, expected.arguments());
                isAReplyOfTheSameLength(frame);
                Oracle.same("less than a frame", arguments(Arrays.copyOf(frame, frame.length - 1)), null);
                Oracle.same("more than a frame", arguments(Arrays.copyOf(frame, frame.length + 1)), null);
            }
        }
    }

    private static String facts(byte[] frame, PlainRequests.Request request) {
        List<String> arguments = request.arguments();
        if (request.inline()) {
            boolean empty = frame.length == 1 || (frame.length == 2 && frame[0] == '\r');
            return frame.length + " inline " + (empty ? 0 : -1) + " name -1+-1 second -1+-1";
        }
        int at = Oracle.text(frame).indexOf('\n') + 1;
        StringBuilder facts = new StringBuilder(frame.length + " array " + arguments.size());
        for (int i = 0; i < 2; i++) {
            facts.append(i == 0 ? " name " : " second ");
            if (i < arguments.size()) {
                at = Oracle.text(frame).indexOf('\n', at) + 1;
                facts.append(at).append('+').append(arguments.get(i).length());
                at += arguments.get(i).length() + 2;
            } else {
                facts.append("-1+-1");
            }
        }
        return facts.toString();
    }

    /** Null if the reader refuses. */
    private static List<String> arguments(byte[] frame) {
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {'*'}, frame, new byte[] {'*'});
        try {
            return READER.arguments(in, 1, 1 + frame.length).stream()
                    .map(Oracle::text)
                    .toList();
        } catch (RespProtocolException refused) {
            return null;
        }
    }

    private static void aWriterWritesTheSame(byte[] frame, List<String> arguments) {
        if (!arguments.isEmpty()) {
            ByteBuf out = Unpooled.buffer();
            RespWriter.writeCommand(out, arguments.stream().map(Oracle::bytes).toList());
            Oracle.same("written", out.toString(StandardCharsets.ISO_8859_1), Oracle.text(frame));
        }
    }

    /** An array of bulks is a reply too. A request may have -2 arguments, a reply not. */
    private static void isAReplyOfTheSameLength(byte[] frame) {
        String text = Oracle.text(frame);
        if (!text.startsWith("*-") || text.equals("*-1\r\n")) {
            Scanned reply = Scanned.replies(frame, RespLimits.DEFAULT, Arrival.DIRECT, at -> frame.length);
            Oracle.same("ends as a reply", reply.ends(), List.of(frame.length));
        }
    }

    private static void takesNoMoreMemoryThanItGets(byte[] stream) {
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        Oracle.withinMemory(stream.length, () -> in.isReadable() && scanner.scan(in));
        Oracle.withinMemory(
                stream.length, () -> READER.arguments(in, 0, stream.length).isEmpty());
    }

    private static void isTheSameInPieces(Scanned whole, Scanned pieces) {
        Oracle.same("frames in pieces", pieces.frames(), whole.frames());
        Oracle.same(
                "an error in pieces: " + pieces.error() + " or " + whole.error(),
                pieces.error() != null,
                whole.error() != null);
    }

    /** Limits may only cut a stream short, with an error. */
    private static void decodesToTheSameArguments(
            byte[] stream, PlainRequests plain, RespLimits limits, int longest, Random random) {
        List<List<String>> expected = plain.requests.stream()
                .takeWhile(request -> request.arguments() != null)
                .map(PlainRequests.Request::arguments)
                .filter(arguments -> !arguments.isEmpty())
                .toList();
        boolean malformed = plain.malformed || plain.requests.stream().anyMatch(request -> request.arguments() == null);
        BoundedAllocator memory = new BoundedAllocator();
        // Inline requests grow when written anew, and buffers by powers of two.
        memory.allow(4096 + 1024L * plain.requests.size() + 64L * stream.length);
        List<List<String>> decoded = new ArrayList<>();
        boolean refused = decode(stream, limits, longest, random, memory, decoded);
        memory.expectAllFree();
        if (limits == RespLimits.DEFAULT || !refused) {
            Oracle.same("decoded", decoded, expected);
            Oracle.same("refused", refused, malformed);
        } else {
            Oracle.that(decoded.size() <= expected.size(), "more requests within tight limits", decoded);
            Oracle.same("decoded", decoded, expected.subList(0, decoded.size()));
        }
    }

    private static boolean decode(
            byte[] stream,
            RespLimits limits,
            int longest,
            Random random,
            BoundedAllocator memory,
            List<List<String>> decoded) {
        RespDecoder decoder = new RespDecoder(new LoneSession(memory), limits, null);
        Cumulation cumulation = new Cumulation(memory);
        try {
            for (int at = 0; at < stream.length; ) {
                int piece = Math.min(1 + random.nextInt(longest), stream.length - at);
                cumulation.add(Unpooled.copiedBuffer(stream, at, piece));
                at += piece;
                for (Message m = decoder.decode(cumulation.buffer()); m != null; ) {
                    decoded.add(read((RespMessage) m));
                    m.release();
                    m = cumulation.size() == 0 ? null : decoder.decode(cumulation.buffer());
                }
                cumulation.trim();
            }
            return false;
        } catch (RespProtocolException malformed) {
            return true;
        } finally {
            cumulation.close();
        }
    }

    /** The arguments, by their positions and decoded. */
    private static List<String> read(RespMessage request) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < request.count(); i++) {
            byte[] argument = new byte[request.length(i)];
            request.argument(i).getBytes(0, argument);
            arguments.add(Oracle.text(argument));
        }
        Oracle.same("decoded", request.arguments().stream().map(Oracle::text).toList(), arguments);
        return arguments;
    }
}
