package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a frame ends, without looking into its body.
 *
 * <pre>{@code
 * while (scanner.scan(in)) {
 *     ByteBuf frame = in.readRetainedSlice(scanner.frameLength());
 *     ...
 * }
 * }</pre>
 *
 * <p>That goes for all of a connection of version 3 or 4. In version 5 it goes for the handshake: once the server has
 * sent READY or AUTHENTICATE, both sides speak in segments (v5, section 2.3.1), and the scanner must not be given them.
 *
 * <p>The version of the first frame is that of the connection (v5, section 2.4.1.1): a frame of another one is refused.
 * An unknown version is refused when four bytes are there, since the header of versions 1 and 2 is shorter than that of
 * later ones, and a client that waits for an answer sends no ninth byte.
 *
 * <p>The buffer may grow, be compacted or be replaced between calls as long as the unread bytes stay the same. After a
 * complete frame the next call starts a new one at the reader index. One per connection and direction, confined to its
 * thread. Borrows the buffer for the call, and changes no index of it.
 */
public final class CqlFrameScanner {
    /** So many bytes tell the version and the stream. */
    private static final int PREFIX = 4;

    private final boolean responses;
    private final int maxBodyBytes;
    private int version;
    private @Nullable CqlFrameHeader header;
    private boolean complete;
    private int available;
    private int needed = PREFIX;

    private CqlFrameScanner(boolean responses, int maxBodyBytes) {
        if (maxBodyBytes < 0 || maxBodyBytes > CqlFrameHeader.MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "maxBodyBytes must be 0 to " + CqlFrameHeader.MAX_BODY_BYTES + ", not " + maxBodyBytes);
        }
        this.responses = responses;
        this.maxBodyBytes = maxBodyBytes;
    }

    /**
     * For what a client sends.
     *
     * @param maxBodyBytes longest body to accept, at most {@link CqlFrameHeader#MAX_BODY_BYTES}
     */
    public static CqlFrameScanner ofRequests(int maxBodyBytes) {
        return new CqlFrameScanner(false, maxBodyBytes);
    }

    /**
     * For what a server sends.
     *
     * @param maxBodyBytes longest body to accept, at most {@link CqlFrameHeader#MAX_BODY_BYTES}
     */
    public static CqlFrameScanner ofResponses(int maxBodyBytes) {
        return new CqlFrameScanner(true, maxBodyBytes);
    }

    /**
     * Looks for the end of the frame that begins at the reader index.
     *
     * @return true if the frame is complete; the other methods tell about it until the next call
     * @throws CqlProtocolException if this is no frame, or one beyond the limit; the scanner is of no use afterwards
     */
    public boolean scan(ByteBuf in) {
        if (complete) {
            complete = false;
            header = null;
            needed = PREFIX;
        }
        available = in.readableBytes();
        if (available < needed) {
            return false;
        }
        CqlFrameHeader known = header;
        if (known == null) {
            known = begin(in, in.readerIndex());
        }
        complete = known != null && available >= needed;
        return complete;
    }

    private @Nullable CqlFrameHeader begin(ByteBuf in, int index) {
        if (available < CqlFrameHeader.BYTES) {
            CqlFrameHeader.readVersion(in, index);
            needed = CqlFrameHeader.BYTES;
            return null;
        }
        CqlFrameHeader read = CqlFrameHeader.read(in, index, maxBodyBytes);
        if (read.opcode().isResponse() != responses) {
            throw CqlProtocolException.wrongDirection(read.opcode(), responses, read.version(), read.stream());
        }
        if (version == 0) {
            version = read.version();
        } else if (version != read.version()) {
            throw new CqlProtocolException(
                    "Invalid message version. Got " + read.version() + " but previous messages on this connection had "
                            + version,
                    version,
                    read.stream());
        }
        header = read;
        needed = read.frameBytes();
        return read;
    }

    /**
     * The header of the frame, as soon as its bytes were there, even if those of the body are not.
     *
     * @throws IllegalStateException if they were not
     */
    public CqlFrameHeader header() {
        if (header == null) {
            throw new IllegalStateException("the header has not been read yet");
        }
        return header;
    }

    /** Bytes of the complete frame, header and body, counted from the reader index. */
    public int frameLength() {
        return header().frameBytes();
    }

    /**
     * How many more bytes than the last call saw are needed at least; 0 if the frame is complete. A hint to wait by. It
     * comes from the wire, so nothing may be allocated from it unasked.
     */
    public int missingBytes() {
        return Math.max(0, needed - available);
    }
}
