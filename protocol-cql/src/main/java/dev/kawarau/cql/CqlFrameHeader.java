package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;

/**
 * The nine bytes that every frame begins with (native protocol v3 and v4, section 2; v5, section 2.4.1). Which way the
 * frame goes is the opcode's business: a header that contradicts itself there is refused.
 *
 * @param version protocol version, {@value #OLDEST_VERSION} to {@value #NEWEST_VERSION}, without the direction bit
 * @param flags one byte, 0 to 255; bits that the specification does not name are kept, and mean nothing
 * @param stream what a response is told by to belong to a request, -32768 to 32767; a request's is not negative, that of
 *     an event is -1
 * @param opcode what the frame is
 * @param bodyBytes bytes that follow the header, not negative
 */
public record CqlFrameHeader(int version, int flags, int stream, CqlOpcode opcode, int bodyBytes) {
    /** Bytes of a header. */
    public static final int BYTES = 9;

    /** The oldest version that is understood. */
    public static final int OLDEST_VERSION = 3;

    /** The newest version that is understood. */
    public static final int NEWEST_VERSION = 5;

    /** The longest body that the specification allows, in bytes (v3 and v4, section 2.5; v5, section 2.4.1.5). */
    public static final int MAX_BODY_BYTES = 256 << 20;

    /** The body is compressed. Means nothing in v5, which compresses segments instead. */
    public static final int COMPRESSED = 0x01;

    /** Of a request: trace it. Of a response: its body begins with the id of a trace. */
    public static final int TRACING = 0x02;

    /** The body has a custom payload before the message; from v4 on. */
    public static final int CUSTOM_PAYLOAD = 0x04;

    /** The body has warnings before the message; from v4 on. */
    public static final int WARNING = 0x08;

    /** The client accepts a version that is not final; from v5 on. */
    public static final int USE_BETA = 0x10;

    static final int RESPONSE_BIT = 0x80;
    static final int FLAGS = 1;
    static final int STREAM = 2;
    static final int OPCODE = 4;
    static final int LENGTH = 5;

    /** @throws IllegalArgumentException if a number is out of its range */
    public CqlFrameHeader {
        check("version", version, OLDEST_VERSION, NEWEST_VERSION);
        check("flags", flags, 0, 0xff);
        check("stream", stream, opcode.isResponse() ? Short.MIN_VALUE : 0, Short.MAX_VALUE);
        check("bodyBytes", bodyBytes, 0, MAX_BODY_BYTES);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
        }
    }

    /**
     * Reads a header. Borrows the buffer and changes none of its indexes.
     *
     * @param index absolute index of the first of {@link #BYTES} readable bytes
     * @param maxBodyBytes longest body to accept, at most {@link #MAX_BODY_BYTES}
     * @throws CqlProtocolException if the version or the opcode is unknown, the opcode goes the other way than the
     *     direction bit says, a request has a negative stream, or the body is longer than allowed
     */
    public static CqlFrameHeader read(ByteBuf in, int index, int maxBodyBytes) {
        int version = version(in, index);
        int stream = in.getShort(index + STREAM);
        if (!isSupported(version)) {
            throw CqlProtocolException.unsupportedVersion(
                    version, isAncient(version) ? in.getByte(index + STREAM) : stream);
        }
        int code = in.getUnsignedByte(index + OPCODE);
        int bodyBytes = in.getInt(index + LENGTH);
        CqlOpcode opcode = CqlOpcode.of(code);
        if (opcode == null) {
            throw new CqlProtocolException("Unknown opcode " + code, version, stream);
        }
        boolean response = (in.getByte(index) & RESPONSE_BIT) != 0;
        if (opcode.isResponse() != response) {
            throw CqlProtocolException.wrongDirection(opcode, response, version, stream);
        }
        if (stream < 0 && !response) {
            throw new CqlProtocolException("A request has the negative stream " + stream, version, stream);
        }
        // A negative length is one beyond 2 GiB: the bytes of the wire are not signed.
        if (bodyBytes < 0 || bodyBytes > maxBodyBytes) {
            throw CqlProtocolException.bodyTooLong(Integer.toUnsignedLong(bodyBytes), maxBodyBytes, version, stream);
        }
        return new CqlFrameHeader(version, in.getUnsignedByte(index + FLAGS), stream, opcode, bodyBytes);
    }

    /** The version of a header of which one byte at least is there. */
    static int version(ByteBuf in, int index) {
        return in.getByte(index) & ~RESPONSE_BIT & 0xff;
    }

    static boolean isSupported(int version) {
        return version >= OLDEST_VERSION && version <= NEWEST_VERSION;
    }

    /**
     * Gives a frame another stream, in place.
     *
     * @param frame a buffer that nobody else reads
     * @param index absolute index of the frame's first byte
     * @param stream -32768 to 32767
     */
    public static void setStream(ByteBuf frame, int index, int stream) {
        frame.setShort(index + STREAM, stream);
    }

    /** Whether these are versions whose header has eight bytes, since its stream has one. */
    static boolean isAncient(int version) {
        return version == 1 || version == 2;
    }

    /** The same frame when its body is not compressed. */
    CqlFrameHeader plain(int plainBodyBytes) {
        return new CqlFrameHeader(version, flags & ~COMPRESSED, stream, opcode, plainBodyBytes);
    }

    /** Writes the nine bytes at the writer index. */
    public void writeTo(ByteBuf out) {
        out.writeByte(opcode.isResponse() ? version | RESPONSE_BIT : version);
        out.writeByte(flags);
        out.writeShort(stream);
        out.writeByte(opcode.code());
        out.writeInt(bodyBytes);
    }

    /** Whether a flag such as {@link #TRACING} is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Bytes of the frame: header and body. */
    public int frameBytes() {
        return BYTES + bodyBytes;
    }
}
