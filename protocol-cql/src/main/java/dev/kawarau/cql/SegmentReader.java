package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames out of segments (native protocol v5, section 2.2). A segment either contains whole frames, or is a
 * part of one frame that begins with the first such segment and ends with the last. Confined to its connection's event
 * loop.
 */
final class SegmentReader {
    private final CqlFrameReader frames;
    private final ByteBufAllocator allocator;
    private final boolean compressed;
    private final Crc crc = new Crc();

    private long header;

    /** Bytes on the wire of the segment that begins at the reader index; 0 if its header has not been read. */
    private int segmentBytes;

    /** Payload of the segment at hand that no frame was taken from yet. */
    private int left;

    /** The plain payload of a compressed segment, of which {@code left} bytes are left; null if it lies in the input. */
    private @Nullable ByteBuf plain;

    /** What has come of a frame in parts, and its header when that is among it. */
    private @Nullable ByteBuf parts;

    private @Nullable CqlFrameHeader large;

    SegmentReader(CqlFrameReader frames, ByteBufAllocator allocator, boolean compressed) {
        this.frames = frames;
        this.allocator = allocator;
        this.compressed = compressed;
    }

    /** See {@link CqlFrameReader#read}. */
    boolean read(ByteBuf in) {
        if (left > 0) {
            takeNext(in);
            return true;
        }
        while (isComplete(in)) {
            check(in);
            if (SegmentHeader.isSelfContained(header, compressed)) {
                open(in);
                takeNext(in);
                return true;
            }
            if (addPart(in)) {
                return true;
            }
        }
        return false;
    }

    private boolean isComplete(ByteBuf in) {
        if (segmentBytes == 0) {
            int headerBytes = SegmentHeader.bytes(compressed);
            if (in.readableBytes() < headerBytes) {
                return false;
            }
            header = SegmentHeader.read(in, in.readerIndex(), compressed);
            checkHeader();
            segmentBytes = headerBytes + SegmentHeader.payloadBytes(header) + SegmentHeader.TRAILER;
        }
        return in.readableBytes() >= segmentBytes;
    }

    private void checkHeader() {
        int payloadBytes = SegmentHeader.payloadBytes(header);
        if (payloadBytes == 0) {
            throw CqlProtocolException.inSegment("A segment without payload");
        }
        if (isPacked() && SegmentHeader.plainBytes(header) > Lz4Block.mostPlainBytes(payloadBytes)) {
            throw CqlProtocolException.inSegment("A segment that cannot be as long as it says");
        }
        if (SegmentHeader.isSelfContained(header, compressed) && parts != null) {
            throw CqlProtocolException.inSegment("A self-contained segment amid the parts of a frame");
        }
    }

    /** Whether this very segment is compressed. */
    private boolean isPacked() {
        return compressed && SegmentHeader.plainBytes(header) > 0;
    }

    private int plainBytes() {
        return isPacked() ? SegmentHeader.plainBytes(header) : SegmentHeader.payloadBytes(header);
    }

    private void check(ByteBuf in) {
        int payload = in.readerIndex() + SegmentHeader.bytes(compressed);
        int payloadBytes = SegmentHeader.payloadBytes(header);
        if (crc.crc32(in, payload, payloadBytes) != in.getIntLE(payload + payloadBytes)) {
            throw CqlProtocolException.inSegment("The checksum of a segment's payload does not match");
        }
    }

    private void open(ByteBuf in) {
        if (isPacked()) {
            ByteBuf out = allocator.directBuffer(plainBytes(), plainBytes());
            plain = out;
            decompress(in, out);
        } else {
            in.skipBytes(SegmentHeader.bytes(compressed));
        }
        left = plainBytes();
    }

    private void decompress(ByteBuf in, ByteBuf out) {
        int payload = in.readerIndex() + SegmentHeader.bytes(compressed);
        if (!Lz4Block.decompress(in, payload, SegmentHeader.payloadBytes(header), out, plainBytes())) {
            throw CqlProtocolException.inSegment("A segment that cannot be decompressed");
        }
    }

    private void takeNext(ByteBuf in) {
        ByteBuf from = plain == null ? in : plain;
        int at = from.readerIndex();
        CqlFrameHeader frame = left < CqlFrameHeader.BYTES ? null : frames.readHeader(from, at);
        if (frame == null || left < frame.frameBytes()) {
            throw CqlProtocolException.inSegment("A self-contained segment that ends amid a frame");
        }
        frames.take(frame, from.retain(), at);
        from.skipBytes(frame.frameBytes());
        left -= frame.frameBytes();
        if (left == 0) {
            end(in);
        }
    }

    /** Only now, since nobody asks for the next frame when no bytes are unread. */
    private void end(ByteBuf in) {
        if (plain == null) {
            in.skipBytes(SegmentHeader.TRAILER);
        } else {
            in.skipBytes(segmentBytes);
            plain.release();
            plain = null;
        }
        segmentBytes = 0;
    }

    /** Whether the frame is complete with this part. */
    private boolean addPart(ByteBuf in) {
        ByteBuf frame = roomForPart();
        if (isPacked()) {
            decompress(in, frame);
        } else {
            frame.writeBytes(in, in.readerIndex() + SegmentHeader.bytes(compressed), plainBytes());
        }
        in.skipBytes(segmentBytes);
        segmentBytes = 0;
        if (large == null && frame.writerIndex() >= CqlFrameHeader.BYTES) {
            large = frames.readHeader(frame, 0);
            checkLength(large, frame.writerIndex());
        }
        if (large == null || frame.writerIndex() < large.frameBytes()) {
            return false;
        }
        frames.take(large, frame, 0);
        parts = null;
        large = null;
        return true;
    }

    private ByteBuf roomForPart() {
        ByteBuf frame = parts;
        if (frame == null) {
            frame = allocator.directBuffer(plainBytes());
            parts = frame;
            return frame;
        }
        int bytes = frame.writerIndex() + plainBytes();
        int most = Integer.MAX_VALUE;
        if (large != null) {
            checkLength(large, bytes);
            most = large.frameBytes();
        }
        if (bytes > frame.capacity()) {
            // Twice what has come, not what is said to come.
            frame.capacity(Math.min(most, 2 * bytes));
        }
        return frame;
    }

    /** Nothing may follow in the last part: the next frame begins with a segment. */
    private static void checkLength(CqlFrameHeader frame, int bytes) {
        if (bytes > frame.frameBytes()) {
            throw CqlProtocolException.inSegment("A segment that goes beyond the frame that it is a part of");
        }
    }

    int heldBytes() {
        return (parts == null ? 0 : parts.capacity()) + (plain == null ? 0 : plain.capacity());
    }

    void close() {
        left = 0;
        if (plain != null) {
            plain.release();
            plain = null;
        }
        if (parts != null) {
            parts.release();
            parts = null;
        }
    }
}
