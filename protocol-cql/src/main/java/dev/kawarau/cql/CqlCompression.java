package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a connection are compressed, as STARTUP's option {@code COMPRESSION} says (native protocol v3 and v4,
 * section 5; v5, section 2.2.2). In versions 3 and 4 it is the body of a frame that is compressed, in version 5 the
 * payload of a segment.
 */
public enum CqlCompression {
    /** Not at all; what a STARTUP without the option asks for. */
    NONE(null),

    /** A block of LZ4; in versions 3 and 4 behind the length of the plain bytes, four bytes. */
    LZ4("lz4"),

    /** A raw block of Snappy. Not in version 5. */
    SNAPPY("snappy");

    private static final int LZ4_PREFIX = Integer.BYTES;

    private final @Nullable String option;

    CqlCompression(@Nullable String option) {
        this.option = option;
    }

    /**
     * What the option of a STARTUP names, in whatever case.
     *
     * @return null if it is not known here
     */
    public static @Nullable CqlCompression of(String option) {
        return switch (option.toLowerCase(Locale.ROOT)) {
            case "lz4" -> LZ4;
            case "snappy" -> SNAPPY;
            default -> null;
        };
    }

    /** The value of STARTUP's option, and of SUPPORTED's; null for {@link #NONE}. */
    public @Nullable String option() {
        return option;
    }

    /** Whether a version of the protocol, 3 to 5, has it. */
    public boolean allowedIn(int version) {
        return this != SNAPPY || version < 5;
    }

    /**
     * The length of the plain body that a compressed one says to be.
     *
     * @return not negative; greater than any length that is allowed if there is none
     */
    long plainBytes(ByteBuf in, int index, int length) {
        return switch (this) {
            case NONE -> length;
            case LZ4 -> length < LZ4_PREFIX ? Long.MAX_VALUE : in.getUnsignedInt(index);
            case SNAPPY -> SnappyBlock.plainBytes(in, index, length);
        };
    }

    /** The most plain bytes that a compressed body of a length can hold: more is a lie, and not worth an allocation. */
    long mostPlainBytes(int length) {
        return switch (this) {
            case NONE -> length;
            case LZ4 -> Lz4Block.mostPlainBytes(length - LZ4_PREFIX);
            case SNAPPY -> SnappyBlock.mostPlainBytes(length);
        };
    }

    /**
     * Appends the plain body to {@code out}, which has room for it and for no more.
     *
     * @param plainBytes what {@link #plainBytes} said
     * @return whether this was a compressed body of that length; if not, {@code out} is of no use
     */
    boolean decompress(ByteBuf in, int index, int length, ByteBuf out, int plainBytes) {
        return switch (this) {
            case NONE -> false;
            case LZ4 -> Lz4Block.decompress(in, index + LZ4_PREFIX, length - LZ4_PREFIX, out, plainBytes);
            case SNAPPY -> SnappyBlock.decompress(in, index, length, out, plainBytes);
        };
    }

    /** The most bytes that a compressed body can take. */
    int maxCompressedBytes(int plainBytes) {
        return switch (this) {
            case NONE -> plainBytes;
            case LZ4 -> LZ4_PREFIX + Lz4Block.maxCompressedBytes(plainBytes);
            case SNAPPY -> SnappyBlock.maxCompressedBytes(plainBytes);
        };
    }

    /** Appends the compressed body to {@code out}. */
    void compress(ByteBuf in, int index, int length, ByteBuf out) {
        switch (this) {
            case NONE -> out.writeBytes(in, index, length);
            case LZ4 -> Lz4Block.compress(in, index, length, out.writeInt(length));
            case SNAPPY -> SnappyBlock.compress(in, index, length, out);
        }
    }
}
