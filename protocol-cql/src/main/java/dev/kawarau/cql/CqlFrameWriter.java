package dev.kawarau.cql;

import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames on a connection, as it was agreed on: as they are, with compressed bodies, or in segments. Small frames of
 * one turn of the event loop share a segment, which ends when it is full or when the turn does; a frame that is too long
 * for a segment goes into several. Bytes that need not change are not copied, but for those of small frames.
 *
 * <p>It holds nothing between two turns, so it needs no closing. Confined to its connection's event loop.
 */
public final class CqlFrameWriter {
    /** Shorter bodies gain nothing that is worth the time. */
    private static final int WORTH_COMPRESSING = 512;

    /** Up to here a copy into the segment at hand is cheaper than a segment of its own. */
    private static final int WORTH_COPYING = 4096;

    private static final int JOINED = 4096;
    private static final int SMALL_PIECES = 512;

    private final ByteBufAllocator allocator;
    private final Crc crc = new Crc();
    private final Runnable endTurn = this::endTurn;
    private CqlCompression compression = CqlCompression.NONE;
    private boolean segments;

    /** Where this turn's frames go; null if there have been none that are worth keeping anything for. */
    private @Nullable Outbound turn;

    /** Room for a segment's header, then the frames that it is to hold. */
    private @Nullable ByteBuf joined;

    /** Headers and trailers that go around frames which are not copied. */
    private @Nullable ByteBuf pieces;

    /**
     * For a connection that speaks plain frames as yet.
     *
     * @param allocator of the buffers that bytes go to which are not where they should be
     */
    public CqlFrameWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * What the two sides agreed on, for the frames that are written from now on.
     *
     * @param segments whether frames go in segments, as they do in version 5
     */
    public void begin(CqlCompression compression, boolean segments) {
        if (turn != null) {
            finish(turn);
        }
        this.compression = compression;
        this.segments = segments;
    }

    /**
     * Writes a plain frame.
     *
     * @param buffer is retained for as long as needed; its bytes must not change
     * @param offset where the frame's header begins
     * @param length bytes of the frame, header and body
     * @param out of the one connection that this writes to
     */
    public void write(ByteBuf buffer, int offset, int length, Outbound out) {
        write(buffer, offset, length, buffer.getShort(offset + CqlFrameHeader.STREAM), out);
    }

    /**
     * Writes a plain frame with another stream. The buffer is not changed.
     *
     * @param buffer is retained for as long as needed; its bytes must not change
     * @param offset where the frame's header begins
     * @param length bytes of the frame, header and body
     * @param stream -32768 to 32767
     * @param out of the one connection that this writes to
     */
    public void write(ByteBuf buffer, int offset, int length, int stream, Outbound out) {
        if (segments) {
            if (willFlush(out)) {
                writeInSegments(buffer, offset, length, stream, out);
            }
        } else if (compression == CqlCompression.NONE
                || length - CqlFrameHeader.BYTES < WORTH_COMPRESSING
                || !writeCompressed(buffer, offset, length, stream, out)) {
            writePlain(buffer, offset, length, stream, out);
        }
    }

    /** Whether the connection is open. */
    private boolean willFlush(Outbound out) {
        if (turn == null && out.beforeFlush(endTurn)) {
            turn = out;
        }
        return turn != null;
    }

    private void endTurn() {
        if (turn != null) {
            finish(turn);
            turn = null;
        }
        if (pieces != null) {
            pieces.release();
            pieces = null;
        }
    }

    private void writePlain(ByteBuf buffer, int offset, int length, int stream, Outbound out) {
        if (stream == buffer.getShort(offset + CqlFrameHeader.STREAM)) {
            out.add(buffer, offset, length);
        } else if (willFlush(out)) {
            ByteBuf piece = piece(CqlFrameHeader.BYTES);
            int at = piece.writerIndex();
            writeHeader(buffer, offset, stream, piece);
            out.add(piece, at, CqlFrameHeader.BYTES);
            if (length > CqlFrameHeader.BYTES) {
                out.add(buffer, offset + CqlFrameHeader.BYTES, length - CqlFrameHeader.BYTES);
            }
        }
    }

    private static void writeHeader(ByteBuf frame, int offset, int stream, ByteBuf out) {
        int at = out.writerIndex();
        out.writeBytes(frame, offset, CqlFrameHeader.BYTES);
        CqlFrameHeader.setStream(out, at, stream);
    }

    private ByteBuf piece(int bytes) {
        ByteBuf last = pieces;
        if (last != null && last.writableBytes() >= bytes) {
            return last;
        }
        if (last != null) {
            last.release();
        }
        ByteBuf fresh = allocator.directBuffer(SMALL_PIECES, SMALL_PIECES);
        pieces = fresh;
        return fresh;
    }

    /** Whether that made it smaller. */
    private boolean writeCompressed(ByteBuf buffer, int offset, int length, int stream, Outbound out) {
        int bodyBytes = length - CqlFrameHeader.BYTES;
        ByteBuf packed = allocator.directBuffer(CqlFrameHeader.BYTES + compression.maxCompressedBytes(bodyBytes));
        writeHeader(buffer, offset, stream, packed);
        compression.compress(buffer, offset + CqlFrameHeader.BYTES, bodyBytes, packed);
        int packedBytes = packed.writerIndex() - CqlFrameHeader.BYTES;
        boolean smaller = packedBytes < bodyBytes;
        if (smaller) {
            packed.setByte(CqlFrameHeader.FLAGS, packed.getByte(CqlFrameHeader.FLAGS) | CqlFrameHeader.COMPRESSED);
            packed.setInt(CqlFrameHeader.LENGTH, packedBytes);
            addTrimmed(packed, out);
        }
        packed.release();
        return smaller;
    }

    /** Without the room for the worst case, which a client that reads slowly would make us hold. */
    private static void addTrimmed(ByteBuf packed, Outbound out) {
        packed.capacity(packed.writerIndex());
        out.add(packed, 0, packed.writerIndex());
    }

    private void writeInSegments(ByteBuf buffer, int offset, int length, int stream, Outbound out) {
        boolean packs = compression != CqlCompression.NONE;
        if (length <= (packs ? SegmentHeader.MAX_PAYLOAD : WORTH_COPYING)) {
            join(buffer, offset, length, stream, out);
            return;
        }
        finish(out);
        boolean whole = length <= SegmentHeader.MAX_PAYLOAD;
        for (int at = 0; at < length; at += SegmentHeader.MAX_PAYLOAD) {
            int part = Math.min(SegmentHeader.MAX_PAYLOAD, length - at);
            if (packs) {
                writePackedPart(buffer, offset, at, part, stream, out);
            } else {
                writeRange(buffer, offset, at, part, stream, whole, out);
            }
        }
    }

    private void join(ByteBuf buffer, int offset, int length, int stream, Outbound out) {
        if (joined != null && joined.writerIndex() - segmentHeader() + length > SegmentHeader.MAX_PAYLOAD) {
            finish(out);
        }
        ByteBuf segment = joined;
        if (segment == null) {
            segment = segment(JOINED);
            joined = segment;
        }
        int at = segment.writerIndex();
        segment.writeBytes(buffer, offset, length);
        CqlFrameHeader.setStream(segment, at, stream);
    }

    private int segmentHeader() {
        return SegmentHeader.bytes(compression != CqlCompression.NONE);
    }

    private ByteBuf segment(int bytes) {
        return allocator.directBuffer(bytes).writerIndex(segmentHeader());
    }

    /** Writes the segment at hand, if there is one. */
    private void finish(Outbound out) {
        ByteBuf segment = joined;
        if (segment != null) {
            joined = null;
            writeSegment(segment, true, out);
        }
    }

    /** Takes over the reference of the buffer, which has room for the header before the payload. */
    private void writeSegment(ByteBuf segment, boolean selfContained, Outbound out) {
        int headerBytes = segmentHeader();
        int plainBytes = segment.writerIndex() - headerBytes;
        if (compression == CqlCompression.NONE) {
            SegmentHeader.set(segment, 0, plainBytes, selfContained);
        } else if (plainBytes >= WORTH_COMPRESSING && writePacked(segment, plainBytes, selfContained, out)) {
            segment.release();
            return;
        } else {
            SegmentHeader.setCompressed(segment, 0, plainBytes, 0, selfContained);
        }
        segment.writeIntLE(crc.crc32(segment, headerBytes, plainBytes));
        out.add(segment, 0, segment.writerIndex());
        segment.release();
    }

    /** Whether that made it smaller. */
    private boolean writePacked(ByteBuf segment, int plainBytes, boolean selfContained, Outbound out) {
        int headerBytes = segmentHeader();
        ByteBuf packed = segment(headerBytes + Lz4Block.maxCompressedBytes(plainBytes) + SegmentHeader.TRAILER);
        Lz4Block.compress(segment, headerBytes, plainBytes, packed);
        int packedBytes = packed.writerIndex() - headerBytes;
        boolean smaller = packedBytes < plainBytes;
        if (smaller) {
            SegmentHeader.setCompressed(packed, 0, packedBytes, plainBytes, selfContained);
            packed.writeIntLE(crc.crc32(packed, headerBytes, packedBytes));
            addTrimmed(packed, out);
        }
        packed.release();
        return smaller;
    }

    /** A part of a frame that is too long for a segment. */
    private void writePackedPart(ByteBuf buffer, int offset, int at, int part, int stream, Outbound out) {
        ByteBuf segment = segment(segmentHeader() + part + SegmentHeader.TRAILER);
        segment.writeBytes(buffer, offset + at, part);
        if (at == 0) {
            CqlFrameHeader.setStream(segment, segmentHeader(), stream);
        }
        writeSegment(segment, false, out);
    }

    /** A segment around bytes that stay where they are, but for those of the frame's header. */
    private void writeRange(
            ByteBuf buffer, int offset, int at, int part, int stream, boolean selfContained, Outbound out) {
        ByteBuf piece = piece(SegmentHeader.bytes(false) + CqlFrameHeader.BYTES + SegmentHeader.TRAILER);
        int start = piece.writerIndex();
        int payload = start + SegmentHeader.bytes(false);
        SegmentHeader.set(piece, start, part, selfContained);
        piece.writerIndex(payload);
        int copied = 0;
        if (at == 0) {
            writeHeader(buffer, offset, stream, piece);
            copied = CqlFrameHeader.BYTES;
        }
        crc.start();
        crc.update(piece, payload, copied);
        int checksum = crc.update(buffer, offset + at + copied, part - copied);
        out.add(piece, start, piece.writerIndex() - start);
        out.add(buffer, offset + at + copied, part - copied);
        int trailer = piece.writerIndex();
        piece.writeIntLE(checksum);
        out.add(piece, trailer, SegmentHeader.TRAILER);
    }
}
