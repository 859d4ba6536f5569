package dev.kawarau.leakcheck;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** The ways in which the bytes of a connection may lie in memory while more of them arrive. */
public enum Arrival {
    /** On the heap. */
    HEAP {
        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            return unread.writeBytes(bytes, from, length);
        }
    },
    /** Outside of the heap. */
    DIRECT {
        @Override
        public ByteBuf first() {
            return BUFFERS.directBuffer(16);
        }

        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            return unread.writeBytes(bytes, from, length);
        }
    },
    /** Compacted before every read, so that positions in the buffer mean nothing afterwards. */
    COMPACTED {
        @Override
        public ByteBuf first() {
            return BUFFERS.directBuffer(16);
        }

        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            return unread.discardReadBytes().writeBytes(bytes, from, length);
        }
    },
    /** Every read in a component of its own. */
    COMPOSITE {
        @Override
        public ByteBuf first() {
            return Unpooled.compositeBuffer(Integer.MAX_VALUE);
        }

        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            ByteBuf read = Unpooled.copiedBuffer(bytes, from, length);
            return ((CompositeByteBuf) unread).addComponent(true, read);
        }
    },
    /** Another buffer for every read, with something else before the unread bytes. */
    MOVED {
        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            ByteBuf moved = BUFFERS.directBuffer(64);
            moved.writeCharSequence("other bytes", StandardCharsets.US_ASCII);
            moved.readerIndex(moved.writerIndex());
            moved.writeBytes(unread).writeBytes(bytes, from, length);
            unread.release();
            return moved;
        }
    },
    /** Read through a slice, as a listener may do that hands out parts of a bigger buffer. */
    SLICED {
        @Override
        public ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length) {
            ByteBuf whole = Unpooled.buffer();
            whole.writeZero(3).writeBytes(unread).writeBytes(bytes, from, length);
            unread.release();
            return whole.slice(3, whole.writerIndex() - 3);
        }
    };

    // Without leak detection, which notes a stack trace per access: these tests make millions of them.
    private static final UnpooledByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(true, true);

    /** An empty buffer to begin with, which the caller owns. */
    public ByteBuf first() {
        return Unpooled.buffer(16);
    }

    /** Takes the buffer of unread bytes and gives the one that has the new bytes too. */
    public abstract ByteBuf add(ByteBuf unread, byte[] bytes, int from, int length);
}
