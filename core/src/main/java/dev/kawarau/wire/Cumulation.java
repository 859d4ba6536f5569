package dev.kawarau.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that no complete frame has claimed yet. Frames are cut from {@link #buffer()} as retained
 * ranges, so what is there never moves; bytes that arrive later are appended behind it if they fit, else the rest moves
 * to a new buffer. Large frames grow in pieces, so that nothing is copied twice and memory grows only as bytes arrive,
 * never by a length that the other side merely announced. Confined to one event loop.
 */
public final class Cumulation {
    private static final int PIECE = 64 * 1024;

    /** Small pieces are joined when they are this many. */
    private static final int MANY = 64;

    /**
     * A buffer of at least {@code LARGE} bytes is given up for a copy of what is in it if that is less than one part in
     * {@code SPARSE}: who sends a little at a time would otherwise make the process hold far more than it sent.
     */
    private static final int LARGE = 4 * 1024;

    private static final int SPARSE = 8;

    private final ByteBufAllocator allocator;
    private int smallPieces;
    private @Nullable ByteBuf buffer;

    /** An empty one. */
    public Cumulation(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Appends what was read; takes over its reference. */
    public void add(ByteBuf read) {
        ByteBuf in = isSparse(read) ? exact(read) : read;
        ByteBuf held = buffer;
        if (held == null) {
            buffer = in;
        } else if (!held.isReadable()) {
            held.release();
            buffer = in;
        } else if (held instanceof CompositeByteBuf pieces && held.refCnt() == 1) {
            addPiece(pieces, in);
        } else if (fits(held, in)) {
            append(held, in);
        } else if (held.readableBytes() + in.readableBytes() <= PIECE) {
            buffer = moved(held, in);
        } else {
            CompositeByteBuf pieces = inPieces(held);
            addPiece(pieces, in);
            buffer = pieces;
        }
    }

    private static boolean isSparse(ByteBuf bytes) {
        int capacity = bytes.capacity();
        return capacity >= LARGE && bytes.readableBytes() < capacity / SPARSE;
    }

    private ByteBuf exact(ByteBuf bytes) {
        ByteBuf copy = allocator.directBuffer(bytes.readableBytes());
        append(copy, bytes);
        return copy;
    }

    private CompositeByteBuf inPieces(ByteBuf held) {
        CompositeByteBuf pieces = allocator.compositeDirectBuffer(Integer.MAX_VALUE);
        smallPieces = 0;
        if (held instanceof CompositeByteBuf shared) {
            for (ByteBuf part : shared.decompose(shared.readerIndex(), shared.readableBytes())) {
                pieces.addComponent(true, part.retain());
            }
            held.release();
        } else {
            pieces.addComponent(true, held);
        }
        return pieces;
    }

    private static boolean fits(ByteBuf held, ByteBuf in) {
        return !(held instanceof CompositeByteBuf)
                && !held.isReadOnly()
                && held.maxFastWritableBytes() >= in.readableBytes()
                && held.writableBytes() >= in.readableBytes();
    }

    private static void append(ByteBuf held, ByteBuf in) {
        try {
            held.writeBytes(in);
        } finally {
            in.release();
        }
    }

    private ByteBuf moved(ByteBuf held, ByteBuf in) {
        ByteBuf larger = allocator.directBuffer(2 * (held.readableBytes() + in.readableBytes()), Integer.MAX_VALUE);
        try {
            larger.writeBytes(held, held.readerIndex(), held.readableBytes()).writeBytes(in);
        } finally {
            held.release();
            in.release();
        }
        return larger;
    }

    private void addPiece(CompositeByteBuf pieces, ByteBuf in) {
        if (in.readableBytes() >= in.capacity() / 2) {
            smallPieces = 0;
            pieces.addComponent(true, in);
            return;
        }
        // A buffer that is mostly empty would hold far more memory than it has bytes: copy what it has.
        pieces.addComponent(true, exact(in));
        if (++smallPieces == MANY) {
            // The first of them may have been read and discarded.
            int count = Math.min(MANY, pieces.numComponents());
            pieces.consolidate(pieces.numComponents() - count, count);
            smallPieces = 0;
        }
    }

    /** The bytes from the beginning of the first incomplete frame on; null if there never were any. */
    public @Nullable ByteBuf buffer() {
        return buffer;
    }

    /** Bytes that wait. */
    public int size() {
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /** Gives up the memory that is not needed for bytes that wait. */
    public void trim() {
        if (buffer == null) {
            return;
        }
        if (!buffer.isReadable()) {
            buffer.release();
            buffer = null;
            return;
        }
        if (buffer instanceof CompositeByteBuf pieces && pieces.refCnt() == 1) {
            pieces.discardReadComponents();
        }
        if (isSparse(buffer)) {
            buffer = exact(buffer);
        }
    }

    /** Gives up everything. */
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
