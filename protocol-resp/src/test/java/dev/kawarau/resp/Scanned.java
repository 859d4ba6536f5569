package dev.kawarau.resp;

import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a scanner makes of a stream that may be broken, and may end anywhere.
 *
 * @param frames what it says about each frame
 * @param ends where each frame ends in the stream
 * @param error of the frame after those; null if there is none
 */
record Scanned(
        List<String> frames, List<Integer> ends, @Nullable String error) {

    /** Either scanner, for one stream. */
    private interface Scanner {
        boolean scan(ByteBuf in);

        int length();

        int missing();

        String facts();
    }

    /** @param pieceAt how many bytes the read brings that begins at a given offset */
    static Scanned requests(byte[] stream, RespLimits limits, Arrival arrival, IntUnaryOperator pieceAt) {
        RequestScanner s = new RequestScanner(limits);
        return run(stream, arrival, pieceAt, new Scanner() {
            @Override
            public boolean scan(ByteBuf in) {
                return s.scan(in);
            }

            @Override
            public int length() {
                return s.frameLength();
            }

            @Override
            public int missing() {
                return s.missingBytes();
            }

            @Override
            public String facts() {
                return s.frameLength() + (s.inline() ? " inline " : " array ") + s.argumentCount() + " name "
                        + s.nameOffset() + "+" + s.nameLength() + " second " + s.secondOffset() + "+"
                        + s.secondLength();
            }
        });
    }

    static Scanned replies(byte[] stream, RespLimits limits, Arrival arrival, IntUnaryOperator pieceAt) {
        ReplyScanner s = new ReplyScanner(limits);
        return run(stream, arrival, pieceAt, new Scanner() {
            @Override
            public boolean scan(ByteBuf in) {
                return s.scan(in);
            }

            @Override
            public int length() {
                return s.frameLength();
            }

            @Override
            public int missing() {
                return s.missingBytes();
            }

            @Override
            public String facts() {
                return s.frameLength() + " type " + (char) s.type() + " at " + s.valueOffset() + " count "
                        + s.elementCount();
            }
        });
    }

    private static Scanned run(byte[] stream, Arrival arrival, IntUnaryOperator pieceAt, Scanner scanner) {
        List<String> frames = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        int promised = 0;
        ByteBuf in = arrival.first();
        try {
            for (int at = 0; at < stream.length; ) {
                int piece = Math.min(stream.length - at, Math.max(1, pieceAt.applyAsInt(at)));
                in = arrival.add(in, stream, at, piece);
                at += piece;
                while (in.isReadable()) {
                    int reader = in.readerIndex();
                    boolean complete = scanner.scan(in);
                    Oracle.that(in.readerIndex() == reader, "a scan moved the reader index", in);
                    if (!complete) {
                        Oracle.that(scanner.missing() > 0, "nothing is missing of an incomplete frame", frames);
                        promised = Math.max(promised, in.readableBytes() + scanner.missing());
                        break;
                    }
                    int length = scanner.length();
                    Oracle.that(scanner.missing() == 0, "bytes are missing of a complete frame", frames);
                    Oracle.that(length > 0 && length <= in.readableBytes(), "no such frame", length);
                    Oracle.that(length >= promised, "a frame shorter than was said before", length);
                    promised = 0;
                    end += length;
                    frames.add(scanner.facts());
                    ends.add(end);
                    in.skipBytes(length);
                }
            }
            return new Scanned(frames, ends, null);
        } catch (RespProtocolException malformed) {
            return new Scanned(frames, ends, malformed.getMessage());
        } finally {
            in.release();
        }
    }

    /** The bytes of one frame. */
    byte[] frame(byte[] stream, int n) {
        return Arrays.copyOfRange(stream, n == 0 ? 0 : ends.get(n - 1), ends.get(n));
    }

    boolean beginsWith(Scanned shorter) {
        return shorter.frames.size() <= frames.size()
                && frames.subList(0, shorter.frames.size()).equals(shorter.frames);
    }
}
