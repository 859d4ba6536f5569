package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;

/**
 * The header of a segment (native protocol v5, section 2.2), as the number that its bytes are: the length of the payload;
 * if the connection is compressed, the length of the plain payload, or 0 if this one is plain; whether frames end where
 * the segment ends. Checksum aside, least byte and bit first.
 */
final class SegmentHeader {
    /** The longest payload, compressed or plain. */
    static final int MAX_PAYLOAD = (1 << 17) - 1;

    /** Bytes of the checksum behind the payload. */
    static final int TRAILER = 4;

    private static final int LENGTH_BITS = 17;
    private static final int CRC24_BYTES = 3;
    private static final int PLAIN = 3;
    private static final int COMPRESSED = 5;

    private SegmentHeader() {}

    /** Bytes of the header. */
    static int bytes(boolean compressed) {
        return (compressed ? COMPRESSED : PLAIN) + CRC24_BYTES;
    }

    /** @throws CqlProtocolException if the checksum is that of other bytes */
    static long read(ByteBuf in, int index, boolean compressed) {
        int bytes = compressed ? COMPRESSED : PLAIN;
        long header = in.getUnsignedMediumLE(index);
        if (compressed) {
            header |= (long) in.getUnsignedShortLE(index + PLAIN) << (8 * PLAIN);
        }
        if (Crc.crc24(header, bytes) != in.getUnsignedMediumLE(index + bytes)) {
            throw CqlProtocolException.inSegment("The checksum of a segment's header does not match");
        }
        return header;
    }

    static int payloadBytes(long header) {
        return (int) header & MAX_PAYLOAD;
    }

    /** Of a compressed connection only; 0 if the payload is not compressed. */
    static int plainBytes(long header) {
        return (int) (header >>> LENGTH_BITS) & MAX_PAYLOAD;
    }

    static boolean isSelfContained(long header, boolean compressed) {
        return (header >>> (compressed ? 2 * LENGTH_BITS : LENGTH_BITS) & 1) != 0;
    }

    /** Sets the bytes of a header of a connection without compression. */
    static void set(ByteBuf out, int index, int payloadBytes, boolean selfContained) {
        int header = payloadBytes | (selfContained ? 1 << LENGTH_BITS : 0);
        out.setMediumLE(index, header);
        out.setMediumLE(index + PLAIN, Crc.crc24(header, PLAIN));
    }

    /** Sets the bytes of a header of a compressed connection; {@code plainBytes} is 0 if the payload is plain. */
    static void setCompressed(ByteBuf out, int index, int payloadBytes, int plainBytes, boolean selfContained) {
        long header = payloadBytes | (long) plainBytes << LENGTH_BITS | (selfContained ? 1L << (2 * LENGTH_BITS) : 0);
        out.setMediumLE(index, (int) header & 0xffffff);
        out.setShortLE(index + PLAIN, (int) (header >>> (8 * PLAIN)));
        out.setMediumLE(index + COMPRESSED, Crc.crc24(header, COMPRESSED));
    }
}
