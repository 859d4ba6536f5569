package dev.kawarau.resp;

import dev.kawarau.leakcheck.Arrival;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Feeds a stream of bytes to a scanner in pieces and notes what it says about every frame. */
final class ScanRun {
    private final boolean requests;
    private final RequestScanner requestScanner;
    private final ReplyScanner replyScanner;
    private final List<String> facts = new ArrayList<>();

    private ScanRun(boolean requests, RespLimits limits) {
        this.requests = requests;
        this.requestScanner = new RequestScanner(limits);
        this.replyScanner = new ReplyScanner(limits);
    }

    /** @param pieceAt how many bytes the read brings that begins at a given offset */
    static List<String> ofRequests(byte[] stream, Arrival arrival, IntUnaryOperator pieceAt) {
        return new ScanRun(true, RespLimits.DEFAULT).run(stream, arrival, pieceAt);
    }

    static List<String> ofReplies(byte[] stream, Arrival arrival, IntUnaryOperator pieceAt) {
        return new ScanRun(false, RespLimits.DEFAULT).run(stream, arrival, pieceAt);
    }

    private List<String> run(byte[] stream, Arrival arrival, IntUnaryOperator pieceAt) {
        ByteBuf in = arrival.first();
        try {
            for (int at = 0; at < stream.length; ) {
                int piece = Math.min(stream.length - at, Math.max(1, pieceAt.applyAsInt(at)));
                in = arrival.add(in, stream, at, piece);
                at += piece;
                scan(in, stream.length - at);
            }
            facts.add("rest " + in.readableBytes());
            return facts;
        } finally {
            in.release();
        }
    }

    private void scan(ByteBuf in, int yetToCome) {
        int reader = in.readerIndex();
        while (requests ? requestScanner.scan(in) : replyScanner.scan(in)) {
            if (in.readerIndex() != reader || missing() != 0) {
                throw new AssertionError("a scan moved the reader index, or misses bytes of a complete frame");
            }
            facts.add(requests ? requestFacts() : replyFacts());
            in.skipBytes(requests ? requestScanner.frameLength() : replyScanner.frameLength());
            reader = in.readerIndex();
        }
        if (in.isReadable() && (missing() < 1 || missing() > yetToCome)) {
            throw new AssertionError("misses " + missing() + " bytes where " + yetToCome + " complete the stream");
        }
    }

    private int missing() {
        return requests ? requestScanner.missingBytes() : replyScanner.missingBytes();
    }

    private String requestFacts() {
        RequestScanner s = requestScanner;
        return s.frameLength() + (s.inline() ? " inline" : "") + " count " + s.argumentCount() + " name "
                + s.nameOffset() + "+" + s.nameLength() + " second " + s.secondOffset() + "+" + s.secondLength();
    }

    private String replyFacts() {
        ReplyScanner s = replyScanner;
        return s.frameLength() + " type " + (char) s.type() + " at " + s.valueOffset() + " count " + s.elementCount();
    }
}
