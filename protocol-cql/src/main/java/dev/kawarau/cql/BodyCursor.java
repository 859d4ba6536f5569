package dev.kawarau.cql;

import dev.kawarau.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A place in the body of a frame, which moves on. Each length is compared with what is left before it is believed; what
 * does not fit is a {@link Failure}, since the frame itself is whole and the connection can go on.
 */
final class BodyCursor {
    private final ByteBuf in;
    private final CqlOpcode opcode;
    private final int end;
    private int at;

    /** At the begin of what a message says, behind the id of its trace, its warnings and its payload. */
    BodyCursor(CqlMessage message) {
        this.in = message.buffer();
        this.opcode = message.opcode();
        this.at = message.start() + CqlFrameHeader.BYTES;
        this.end = message.start() + message.size();
        CqlFrameHeader header = message.header();
        if (opcode.isResponse() && header.has(CqlFrameHeader.TRACING)) {
            skip(16);
        }
        if (header.version() >= 4) {
            skipWarningsAndPayload(header);
        }
    }

    /** Elsewhere in the same body. */
    BodyCursor(CqlMessage message, int at) {
        this.in = message.buffer();
        this.opcode = message.opcode();
        this.at = at;
        this.end = message.start() + message.size();
    }

    private void skipWarningsAndPayload(CqlFrameHeader header) {
        if (opcode.isResponse() && header.has(CqlFrameHeader.WARNING)) {
            for (int left = readShort(); left > 0; left--) {
                skip(readShort());
            }
        }
        if (header.has(CqlFrameHeader.CUSTOM_PAYLOAD)) {
            for (int left = readShort(); left > 0; left--) {
                skip(readShort());
                skipBytes();
            }
        }
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    int left() {
        return end - at;
    }

    private int take(int bytes) {
        if (bytes < 0 || bytes > end - at) {
            throw malformed(Integer.toUnsignedString(bytes) + " bytes wanted, " + (end - at) + " are left");
        }
        int taken = at;
        at += bytes;
        return taken;
    }

    Failure malformed(String what) {
        return new Failure(Failure.Kind.INVALID, "malformed body of " + opcode + ": " + what);
    }

    void skip(int bytes) {
        take(bytes);
    }

    int readByte() {
        return in.getUnsignedByte(take(1));
    }

    int readShort() {
        return in.getUnsignedShort(take(2));
    }

    int readInt() {
        return in.getInt(take(4));
    }

    /** The flags of a request's options: a byte, and from version 5 on an int. */
    int readFlags(int version) {
        return version >= 5 ? readInt() : readByte();
    }

    /** Skips [bytes] or a [value]. Its length is negative if it is null, or not set. */
    void skipBytes() {
        int length = readInt();
        if (length > 0) {
            skip(length);
        }
    }

    /** A [string]. */
    String readString() {
        int length = readShort();
        return in.toString(take(length), length, StandardCharsets.UTF_8);
    }
}
