package dev.kawarau.resp;

/**
 * What a peer may ask of the codec. Every number on the wire is compared with these before anything is done with it; a
 * peer that goes beyond one is told so by a {@link RespProtocolException}. Nothing is ever allocated from a count or a
 * length on the wire alone, so memory is bounded by the bytes that really arrived.
 *
 * @param maxBulkBytes longest bulk string, simple string or error, in bytes; Redis calls it {@code proto-max-bulk-len}
 * @param maxArguments most arguments of one request
 * @param maxElements most elements of one aggregate in a reply; a map entry counts as one
 * @param maxDepth deepest nesting of aggregates and attributes in a reply, 1 to 256
 * @param maxInlineBytes longest inline request and longest header or number line, in bytes without the line end
 * @param maxFrameBytes longest request or reply, in bytes
 */
public record RespLimits(
        int maxBulkBytes, int maxArguments, int maxElements, int maxDepth, int maxInlineBytes, int maxFrameBytes) {
    /** 512 MiB bulks and 64 KiB inline requests as Redis has them, frames of 1 GiB, 128 levels. */
    public static final RespLimits DEFAULT = new RespLimits(512 << 20, 1 << 20, 1 << 27, 128, 64 << 10, 1 << 30);

    // Values are decoded and printed by recursion: the stack of an event loop must be able to hold it.
    private static final int DEEPEST = 256;
    // Twice this plus one still fits an int (a map with attributes).
    private static final int MOST_ELEMENTS = 1 << 29;
    // Room for a header and a line end, so that positions in a frame never overflow an int.
    private static final int LONGEST_FRAME = Integer.MAX_VALUE - 64;

    /** As much as this codec can hold, for bytes that were compared with other limits before. */
    static final RespLimits MOST =
            new RespLimits(LONGEST_FRAME, MOST_ELEMENTS, MOST_ELEMENTS, DEEPEST, LONGEST_FRAME, LONGEST_FRAME);

    /** @throws IllegalArgumentException if a limit is not positive or beyond what this codec can hold */
    public RespLimits {
        check("maxBulkBytes", maxBulkBytes, LONGEST_FRAME);
        check("maxArguments", maxArguments, MOST_ELEMENTS);
        check("maxElements", maxElements, MOST_ELEMENTS);
        check("maxDepth", maxDepth, DEEPEST);
        check("maxInlineBytes", maxInlineBytes, LONGEST_FRAME);
        check("maxFrameBytes", maxFrameBytes, LONGEST_FRAME);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " must be 1 to " + most + ", not " + value);
        }
    }

    public RespLimits withMaxBulkBytes(int bytes) {
        return new RespLimits(bytes, maxArguments, maxElements, maxDepth, maxInlineBytes, maxFrameBytes);
    }

    public RespLimits withMaxArguments(int count) {
        return new RespLimits(maxBulkBytes, count, maxElements, maxDepth, maxInlineBytes, maxFrameBytes);
    }

    public RespLimits withMaxElements(int count) {
        return new RespLimits(maxBulkBytes, maxArguments, count, maxDepth, maxInlineBytes, maxFrameBytes);
    }

    public RespLimits withMaxDepth(int levels) {
        return new RespLimits(maxBulkBytes, maxArguments, maxElements, levels, maxInlineBytes, maxFrameBytes);
    }

    public RespLimits withMaxInlineBytes(int bytes) {
        return new RespLimits(maxBulkBytes, maxArguments, maxElements, maxDepth, bytes, maxFrameBytes);
    }

    public RespLimits withMaxFrameBytes(int bytes) {
        return new RespLimits(maxBulkBytes, maxArguments, maxElements, maxDepth, maxInlineBytes, bytes);
    }
}
