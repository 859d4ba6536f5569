package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * The peer does not speak a version of CQL that is understood here, or breaks the rules of its frames. The connection is
 * of no further use; but a client that is merely too new or too old must be told in a frame that it can read, so that it
 * tries another version: a closed socket would tell it nothing.
 *
 * <p>It carries no stack trace: hostile input must not be dear to refuse.
 */
public final class CqlProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The error code of a protocol error (native protocol v4 and v5, section on error codes). */
    private static final int PROTOCOL_ERROR = 0x000a;

    private final int version;
    private final int stream;

    /**
     * A breach of the rules.
     *
     * @param message for the client to read
     * @param version the version to answer at
     * @param stream the stream to answer on
     */
    CqlProtocolException(String message, int version, int stream) {
        super(message, null, false, false);
        this.version = version;
        this.stream = stream;
    }

    /** Drivers look for these very words, and some for the numbers in them, to find a version to try next. */
    static CqlProtocolException unsupportedVersion(int version, int stream) {
        String message =
                "Invalid or unsupported protocol version (" + version + "); supported versions are (3/v3, 4/v4, 5/v5)";
        // Clients of versions 1 and 2 read no header of nine bytes; all that came after them do.
        int answer = CqlFrameHeader.isAncient(version) ? version : CqlFrameHeader.NEWEST_VERSION;
        return new CqlProtocolException(message, answer, stream);
    }

    /** The same for a client that speaks another version by now, and reads no header but that of its own. */
    CqlProtocolException inVersion(int spoken) {
        return spoken == version ? this : new CqlProtocolException(String.valueOf(getMessage()), spoken, stream);
    }

    /** A frame of another version than the two sides agreed on. */
    static CqlProtocolException otherVersion(int version, int agreed, int stream) {
        return new CqlProtocolException(
                "Invalid message version. Got " + version + " but previous messages on this connection had " + agreed,
                agreed,
                stream);
    }

    static CqlProtocolException bodyTooLong(long bodyBytes, int maxBodyBytes, int version, int stream) {
        return new CqlProtocolException(
                "Body of " + bodyBytes + " bytes is longer than the " + maxBodyBytes + " allowed", version, stream);
    }

    /** What is wrong with a segment; only version 5 has them. */
    static CqlProtocolException inSegment(String message) {
        return new CqlProtocolException(message, CqlFrameHeader.NEWEST_VERSION, 0);
    }

    static CqlProtocolException wrongDirection(CqlOpcode opcode, boolean response, int version, int stream) {
        return new CqlProtocolException(
                "Wrong protocol direction: " + opcode + " cannot be a " + (response ? "response" : "request"),
                version,
                stream);
    }

    /**
     * The version to answer at: that of the frame if it is understood, else one whose header the client can read. It is
     * 1 or 2 for a client of these versions, which has a shorter header, else 3 to 5.
     */
    public int version() {
        return version;
    }

    /** The stream to answer on, as the client sent it. */
    public int stream() {
        return stream;
    }

    /**
     * Writes the ERROR frame that tells the client, at the writer index. It is a plain frame: after the handshake of
     * version 5 it takes a {@link CqlFrameWriter} to put it in a segment.
     */
    public void writeTo(ByteBuf out) {
        String text = String.valueOf(getMessage());
        int textBytes = ByteBufUtil.utf8Bytes(text);
        int bodyBytes = Integer.BYTES + Short.BYTES + textBytes;
        if (version < CqlFrameHeader.OLDEST_VERSION) {
            out.writeByte(version | 0x80);
            out.writeByte(0);
            out.writeByte(stream);
            out.writeByte(CqlOpcode.ERROR.code());
            out.writeInt(bodyBytes);
        } else {
            new CqlFrameHeader(version, 0, stream, CqlOpcode.ERROR, bodyBytes).writeTo(out);
        }
        out.writeInt(PROTOCOL_ERROR);
        out.writeShort(textBytes);
        ByteBufUtil.writeUtf8(out, text);
    }
}
