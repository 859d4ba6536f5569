package dev.kawarau.cql;

import dev.kawarau.leakcheck.Arrival;
import dev.kawarau.leakcheck.BoundedAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a reader makes of a stream of bytes that may be broken, and may end anywhere.
 *
 * @param frames the plain frames; a foreign one as what was wrong with it
 * @param refusal why the bytes after those are no frame, and at what it is answered; null if they may become one
 * @param left bytes that were not consumed
 */
record Received(List<Object> frames, @Nullable String refusal, int left) {
    /** A frame as the reader tells of it. */
    record Plain(CqlFrameHeader header, String bytes) {}

    /** What a reader may hold beyond what came, for a segment. */
    private static final int SLACK = 2 * SegmentHeader.MAX_PAYLOAD + 100;

    /** Twice what LZ4 can make of it. */
    private static final int GROWTH = 510;

    /** Of bytes in any pieces, one after the other. */
    static Received of(
            Function<ByteBufAllocator, CqlFrameReader> maker, byte[] wire, Arrival arrival, IntUnaryOperator pieceAt) {
        BoundedAllocator memory = new BoundedAllocator();
        memory.allow((long) GROWTH * wire.length + SLACK);
        CqlFrameReader reader = maker.apply(memory);
        ByteBuf in = arrival.first();
        List<Object> frames = new ArrayList<>();
        String refusal = null;
        int at = 0;
        try {
            while (at < wire.length) {
                int piece = Math.min(wire.length - at, Math.max(1, pieceAt.applyAsInt(at)));
                in = arrival.add(in, wire, at, piece);
                at += piece;
                while (in.isReadable() && reader.read(in)) {
                    frames.add(taken(reader));
                }
                that(reader.heldBytes() <= (long) GROWTH * at + SLACK, "too many bytes are held");
            }
        } catch (CqlProtocolException refused) {
            refusal = refused.version() + "/" + refused.stream() + " " + refused.getMessage();
        }
        int left = in.readableBytes() + wire.length - at;
        reader.close();
        in.release();
        memory.expectAllFree();
        that(reader.heldBytes() == 0, "a closed reader holds bytes");
        return new Received(frames, refusal, left);
    }

    private static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    static Received of(Function<ByteBufAllocator, CqlFrameReader> maker, byte[] wire) {
        return of(maker, wire, Arrival.HEAP, at -> wire.length);
    }

    /** Releases the frame. */
    private static Object taken(CqlFrameReader reader) {
        if (reader.unsupported() != null) {
            return reader.unsupported().getMessage();
        }
        CqlFrameHeader header = reader.header();
        ByteBuf buffer = reader.buffer();
        CqlFrameHeader wire = CqlFrameHeader.read(buffer, reader.offset(), CqlFrameHeader.MAX_BODY_BYTES);
        that(header.equals(wire.plain(wire.bodyBytes())), "another header than that of the bytes");
        Plain plain = new Plain(header, ByteBufUtil.hexDump(buffer, reader.offset(), header.frameBytes()));
        buffer.release();
        return plain;
    }

    /** The frames' bytes, one after the other. */
    String bytes() {
        StringBuilder bytes = new StringBuilder();
        for (Object frame : frames) {
            bytes.append(((Plain) frame).bytes());
        }
        return bytes.toString();
    }

    List<CqlFrameHeader> headers() {
        return frames.stream().map(frame -> ((Plain) frame).header()).toList();
    }
}
