package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Compressor;
import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what plain frames say, and writes frames that say something, as the messages of the Java driver's protocol
 * library. What is read of a frame and written again has the same bytes, for all that drivers and servers write.
 *
 * <p>A frame comes from a peer: whatever is wrong with it is a {@link CqlProtocolException}, and memory is taken for what
 * it contains, never for what it claims. Thread-safe.
 */
public final class CqlCodec {
    private static final FramePrimitives PRIMITIVES = new FramePrimitives();
    private static final FrameCodec<ByteBuffer> FRAMES =
            new FrameCodec<>(PRIMITIVES, Compressor.none(), CqlCodec::register);

    private static final int KNOWN_FLAGS =
            CqlFrameHeader.TRACING | CqlFrameHeader.CUSTOM_PAYLOAD | CqlFrameHeader.WARNING;
    private static final int SINCE_VERSION_4 = CqlFrameHeader.CUSTOM_PAYLOAD | CqlFrameHeader.WARNING;

    private CqlCodec() {}

    private static void register(FrameCodec.CodecGroup.Registry registry) {
        for (int version = CqlFrameHeader.OLDEST_VERSION; version <= CqlFrameHeader.NEWEST_VERSION; version++) {
            RequestCodecs.register(version, registry);
            ResponseCodecs.register(version, registry);
        }
    }

    /**
     * Reads a request or a response.
     *
     * @param frame its readable bytes are one plain frame, header and body; borrowed, and its indexes stay. The values
     *     in what is returned are read-only views of its memory: they live as long as it does. A value that is not set is
     *     {@link com.datastax.oss.protocol.internal.ProtocolConstants#UNSET_VALUE}, the very object.
     * @return a frame that {@link #encode} makes the same bytes of
     * @throws CqlProtocolException if it is no message of version 3, 4 or 5
     */
    public static Frame decode(ByteBuf frame) {
        int bytes = frame.readableBytes();
        if (bytes < CqlFrameHeader.BYTES) {
            throw FramePrimitives.malformed("A frame of " + bytes + " bytes");
        }
        CqlFrameHeader header = CqlFrameHeader.read(frame, frame.readerIndex(), CqlFrameHeader.MAX_BODY_BYTES);
        if (header.frameBytes() != bytes) {
            throw at(header, "A frame of " + bytes + " bytes that says to be one of " + header.frameBytes());
        }
        if (header.has(CqlFrameHeader.COMPRESSED) && header.version() < CqlFrameHeader.NEWEST_VERSION) {
            throw at(header, "A compressed frame");
        }
        if (header.version() == 3 && (header.flags() & SINCE_VERSION_4) != 0) {
            throw at(header, "A flag that version 3 does not have");
        }
        ByteBuffer in = frame.nioBuffer().asReadOnlyBuffer();
        try {
            Frame read = FRAMES.decode(in);
            int unknown = header.flags() & ~KNOWN_FLAGS;
            return unknown == 0 && !in.hasRemaining() ? read : new ExactFrame(read, unknown, in.slice());
        } catch (RuntimeException malformed) {
            // Ours, or what the library has to say of codes, kinds and types that it does not know.
            throw at(header, malformed.getMessage());
        }
    }

    /**
     * Reads the description of a result's columns.
     *
     * @param body of a RESULT of rows, from behind its kind on; its reader index is moved to the count of the rows
     * @param version 3 to 5
     * @throws CqlProtocolException if it is none, on stream 0
     */
    public static RowsMetadata rowsMetadata(ByteBuf body, int version) {
        ByteBuffer in = body.nioBuffer().asReadOnlyBuffer();
        RowsMetadata metadata;
        try {
            metadata = MetadataReader.read(in, PRIMITIVES, false);
        } catch (RuntimeException malformed) {
            throw new CqlProtocolException("Malformed metadata: " + malformed.getMessage(), version, 0);
        }
        body.skipBytes(in.position());
        return metadata;
    }

    private static CqlProtocolException at(CqlFrameHeader header, @Nullable String message) {
        return new CqlProtocolException(
                "Malformed " + header.opcode() + ": " + message, header.version(), header.stream());
    }

    /**
     * Writes a message as a plain frame without flags.
     *
     * @param version 3 to 5
     * @param stream -32768 to 32767
     * @return a buffer on the heap that need not be released
     * @throws IllegalArgumentException if the message cannot be said in that version
     */
    public static ByteBuf encode(int version, int stream, Message message) {
        return encode(
                message.isResponse
                        ? Frame.forResponse(version, stream, null, Frame.NO_PAYLOAD, List.of(), message)
                        : Frame.forRequest(version, stream, false, Frame.NO_PAYLOAD, message));
    }

    /**
     * Writes a request or a response as a plain frame. A token of an AUTH_RESPONSE that can be written to is erased
     * by that.
     *
     * @return a buffer on the heap that need not be released
     * @throws IllegalArgumentException if the message cannot be said in the frame's version
     */
    public static ByteBuf encode(Frame frame) {
        ByteBuffer bytes = FRAMES.encode(frame);
        // Half a surrogate pair is written as one byte and not as the three that were counted.
        bytes.putInt(CqlFrameHeader.LENGTH, bytes.position() - CqlFrameHeader.BYTES);
        if (frame.beta) {
            // The library thinks that its own beta is the only one.
            bytes.put(CqlFrameHeader.FLAGS, (byte) (bytes.get(CqlFrameHeader.FLAGS) | CqlFrameHeader.USE_BETA));
        }
        ByteBuf written = Unpooled.wrappedBuffer(bytes.flip());
        return frame instanceof ExactFrame exact ? exact.complete(written) : written;
    }

    /**
     * What else there was in a frame: drivers flag frames in compressed segments as compressed themselves, and servers
     * say things that the library does not know of, such as the contentions of a lightweight transaction that timed out
     * (v5, section 8), or, in version 3, the empty name of a function whose creation is told as a keyspace's update.
     */
    private static final class ExactFrame extends Frame {
        private final int unknownFlags;
        private final ByteBuffer rest;

        ExactFrame(Frame read, int unknownFlags, ByteBuffer rest) {
            super(
                    read.protocolVersion,
                    read.beta,
                    read.streamId,
                    read.tracing,
                    read.tracingId,
                    read.size,
                    read.compressedSize,
                    read.customPayload,
                    read.warnings,
                    read.message);
            this.unknownFlags = unknownFlags;
            this.rest = rest;
        }

        ByteBuf complete(ByteBuf written) {
            ByteBuf whole = Unpooled.buffer(written.readableBytes() + rest.remaining());
            whole.writeBytes(written).writeBytes(rest.duplicate());
            whole.setByte(CqlFrameHeader.FLAGS, whole.getByte(CqlFrameHeader.FLAGS) | unknownFlags);
            whole.setInt(CqlFrameHeader.LENGTH, whole.readableBytes() - CqlFrameHeader.BYTES);
            return whole;
        }
    }
}
