package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames off the bytes of one direction of one connection: the frames of versions 3 and 4, compressed or not, and
 * those of version 5, in segments once the handshake is over.
 *
 * <pre>{@code
 * while (in.isReadable() && reader.read(in)) {
 *     CqlProtocolException unsupported = reader.unsupported();
 *     if (unsupported != null) {
 *         answer(unsupported);
 *     } else {
 *         take(reader.header(), reader.buffer(), reader.offset());
 *     }
 * }
 * }</pre>
 *
 * <p>What comes out is a plain frame, header and body, as the peer would have sent it without compression and without
 * segments. It lies in the very bytes that came in wherever it can; a compressed one, and one that came in several
 * segments, in a buffer of its own.
 *
 * <p>Until the two sides have agreed, frames may be of any version: a client asks for options in one, and says STARTUP in
 * another. From then on the version of the first frame is that of the connection (v5, section 2.3.1), and a frame of
 * another one is refused. A frame of a version that is not spoken here is skipped as it comes, and the client told, so that
 * it can go on with one that is.
 *
 * <p>Nothing is allocated from a length that the peer merely claims: a frame in several segments grows as they arrive, a
 * compressed one is refused if it says to be longer than its bytes can be.
 *
 * <p>The input may grow, be compacted or be replaced between calls as long as the unread bytes stay the same. Confined
 * to its connection's event loop.
 */
public final class CqlFrameReader {
    private final ByteBufAllocator allocator;
    private final boolean responses;
    private final int maxBodyBytes;
    private CqlCompression compression = CqlCompression.NONE;
    private @Nullable SegmentReader segments;
    private boolean agreed;
    private int version;

    /** Of a frame that is not complete. */
    private @Nullable CqlFrameHeader next;

    /** What a frame of another version comes to when its last {@code foreignBytes} have been skipped. */
    private @Nullable CqlProtocolException foreign;

    private int foreignBytes;

    private @Nullable CqlFrameHeader header;
    private @Nullable ByteBuf buffer;
    private int offset;
    private @Nullable CqlProtocolException unsupported;

    private CqlFrameReader(ByteBufAllocator allocator, boolean responses, int maxBodyBytes) {
        if (maxBodyBytes < 0 || maxBodyBytes > CqlFrameHeader.MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "maxBodyBytes must be 0 to " + CqlFrameHeader.MAX_BODY_BYTES + ", not " + maxBodyBytes);
        }
        this.allocator = allocator;
        this.responses = responses;
        this.maxBodyBytes = maxBodyBytes;
    }

    /**
     * For what a client sends.
     *
     * @param allocator of the buffers that hold what was compressed or came in parts
     * @param maxBodyBytes longest plain body to accept, at most {@link CqlFrameHeader#MAX_BODY_BYTES}
     */
    public static CqlFrameReader ofRequests(ByteBufAllocator allocator, int maxBodyBytes) {
        return new CqlFrameReader(allocator, false, maxBodyBytes);
    }

    /**
     * For what a server sends.
     *
     * @param allocator of the buffers that hold what was compressed or came in parts
     * @param maxBodyBytes longest plain body to accept, at most {@link CqlFrameHeader#MAX_BODY_BYTES}
     */
    public static CqlFrameReader ofResponses(ByteBufAllocator allocator, int maxBodyBytes) {
        return new CqlFrameReader(allocator, true, maxBodyBytes);
    }

    /**
     * What the two sides agreed on; it holds from the first byte on that no frame was taken from. For requests that is
     * behind STARTUP. For responses it is behind READY or AUTHENTICATE in version 5, and before them in versions 3 and 4,
     * whose servers compress even those.
     *
     * @param segments whether frames come in segments, as they do in version 5
     */
    public void begin(CqlCompression compression, boolean segments) {
        this.compression = compression;
        agreed = true;
        next = null;
        if (segments) {
            version = CqlFrameHeader.NEWEST_VERSION;
            this.segments = new SegmentReader(this, allocator, compression == CqlCompression.LZ4);
        }
    }

    /**
     * Takes the next frame.
     *
     * @param in bytes that no frame has claimed yet, at least one; what is consumed is skipped. The bytes of a segment
     *     stay unread until its last frame has been taken.
     * @return true if one was taken, or a foreign one skipped: the other methods tell about it until the next call
     * @throws CqlProtocolException if these bytes are no frame, or one beyond the limit; the reader is of no use
     *     afterwards
     */
    public boolean read(ByteBuf in) {
        header = null;
        buffer = null;
        unsupported = null;
        if (foreign != null) {
            return skipForeign(in, foreign);
        }
        if (segments != null) {
            return segments.read(in);
        }
        CqlFrameHeader known = next;
        if (known == null) {
            if (in.isReadable() && !CqlFrameHeader.isSupported(CqlFrameHeader.version(in, in.readerIndex()))) {
                return beginForeign(in, in.readerIndex());
            }
            if (in.readableBytes() < CqlFrameHeader.BYTES) {
                return false;
            }
            known = readHeader(in, in.readerIndex());
            next = known;
        }
        if (in.readableBytes() < known.frameBytes()) {
            return false;
        }
        next = null;
        if (known.has(CqlFrameHeader.COMPRESSED) && known.version() < CqlFrameHeader.NEWEST_VERSION) {
            takeCompressed(in, known);
        } else {
            take(known, in.retain(), in.readerIndex());
        }
        in.skipBytes(known.frameBytes());
        return true;
    }

    private boolean beginForeign(ByteBuf in, int index) {
        int foreignVersion = CqlFrameHeader.version(in, index);
        int shorter = CqlFrameHeader.isAncient(foreignVersion) ? 1 : 0;
        if (in.readableBytes() < CqlFrameHeader.BYTES - shorter) {
            return false;
        }
        int stream =
                shorter == 1 ? in.getByte(index + CqlFrameHeader.STREAM) : in.getShort(index + CqlFrameHeader.STREAM);
        CqlProtocolException refused = CqlProtocolException.unsupportedVersion(foreignVersion, stream);
        CqlOpcode opcode = CqlOpcode.of(in.getUnsignedByte(index + CqlFrameHeader.OPCODE - shorter));
        boolean response = (in.getByte(index) & CqlFrameHeader.RESPONSE_BIT) != 0;
        int bodyBytes = in.getInt(index + CqlFrameHeader.LENGTH - shorter);
        // Another protocol altogether, or one whose frames end nobody knows where.
        if (opcode == null
                || opcode.isResponse() != response
                || response != responses
                || bodyBytes < 0
                || bodyBytes > maxBodyBytes) {
            throw refused;
        }
        in.skipBytes(CqlFrameHeader.BYTES - shorter);
        foreign = refused;
        foreignBytes = bodyBytes;
        return skipForeign(in, refused);
    }

    private boolean skipForeign(ByteBuf in, CqlProtocolException refused) {
        int skipped = Math.min(foreignBytes, in.readableBytes());
        in.skipBytes(skipped);
        foreignBytes -= skipped;
        if (foreignBytes > 0) {
            return false;
        }
        foreign = null;
        unsupported = refused;
        return true;
    }

    /**
     * Reads a header of which all bytes are there.
     *
     * @throws CqlProtocolException if it is none, or none that may come here
     */
    CqlFrameHeader readHeader(ByteBuf in, int index) {
        CqlFrameHeader read = CqlFrameHeader.read(in, index, maxBodyBytes);
        if (read.opcode().isResponse() != responses) {
            throw CqlProtocolException.wrongDirection(read.opcode(), responses, read.version(), read.stream());
        }
        if (version == 0) {
            version = agreed ? read.version() : 0;
        } else if (version != read.version()) {
            throw CqlProtocolException.otherVersion(read.version(), version, read.stream());
        }
        return read;
    }

    /** A frame is complete; takes over a reference of the buffer. */
    void take(CqlFrameHeader read, ByteBuf from, int at) {
        header = read.has(CqlFrameHeader.COMPRESSED) ? read.plain(read.bodyBytes()) : read;
        buffer = from;
        offset = at;
    }

    private void takeCompressed(ByteBuf in, CqlFrameHeader packed) {
        if (compression == CqlCompression.NONE) {
            throw corrupt(packed, "A compressed frame on a connection without compression");
        }
        int body = in.readerIndex() + CqlFrameHeader.BYTES;
        long claimed = compression.plainBytes(in, body, packed.bodyBytes());
        if (claimed > compression.mostPlainBytes(packed.bodyBytes())) {
            throw corrupt(packed, "A compressed body that cannot be as long as it says");
        }
        if (claimed > maxBodyBytes) {
            throw CqlProtocolException.bodyTooLong(claimed, maxBodyBytes, packed.version(), packed.stream());
        }
        CqlFrameHeader plain = packed.plain((int) claimed);
        ByteBuf out = allocator.directBuffer(plain.frameBytes(), plain.frameBytes());
        plain.writeTo(out);
        if (!compression.decompress(in, body, packed.bodyBytes(), out, plain.bodyBytes())) {
            out.release();
            throw corrupt(packed, "A body that cannot be decompressed");
        }
        take(plain, out, 0);
    }

    private static CqlProtocolException corrupt(CqlFrameHeader at, String message) {
        return new CqlProtocolException(message, at.version(), at.stream());
    }

    /**
     * The header of the frame that was taken, without {@link CqlFrameHeader#COMPRESSED} and with the length of the plain
     * body.
     *
     * @throws IllegalStateException if none was
     */
    public CqlFrameHeader header() {
        if (header == null) {
            throw new IllegalStateException("no frame was taken");
        }
        return header;
    }

    /**
     * The buffer that the plain frame lies in, from {@link #offset()} on. The caller takes over one reference of it, and
     * may not change its bytes, which other frames may share.
     *
     * @throws IllegalStateException if no frame was taken
     */
    public ByteBuf buffer() {
        if (buffer == null) {
            throw new IllegalStateException("no frame was taken");
        }
        return buffer;
    }

    /** Where the frame's header begins in {@link #buffer()}. */
    public int offset() {
        return offset;
    }

    /**
     * What to answer to the frame that was skipped, since it was of a version that is not spoken here.
     *
     * @return null if a frame was taken
     */
    public @Nullable CqlProtocolException unsupported() {
        return unsupported;
    }

    /** Bytes of memory that are held here: a frame that has come in parts, and a segment that was decompressed. */
    public int heldBytes() {
        return segments == null ? 0 : segments.heldBytes();
    }

    /** Gives up what is held. */
    public void close() {
        if (segments != null) {
            segments.close();
        }
    }
}
