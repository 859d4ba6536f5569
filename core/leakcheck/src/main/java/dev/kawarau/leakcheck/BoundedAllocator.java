package dev.kawarau.leakcheck;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives as many bytes as the test allows, and knows at any moment which buffers were not given back. Thread-safe. */
public final class BoundedAllocator extends AbstractByteBufAllocator {
    private final List<ByteBuf> made = new ArrayList<>();
    private long left;
    private @Nullable String excess;

    /** One that gives nothing before it is {@linkplain #allow allowed}. */
    public BoundedAllocator() {
        super(true);
    }

    /** Begins anew, with so many bytes to give. */
    public synchronized void allow(long bytes) {
        made.clear();
        left = bytes;
        excess = null;
    }

    /** How many buffers somebody still holds. */
    public synchronized int held() {
        made.removeIf(buffer -> buffer.refCnt() == 0);
        return made.size();
    }

    /** @throws AssertionError if a buffer is held, or more was asked for than was allowed */
    public synchronized void expectAllFree() {
        if (excess != null) {
            throw new AssertionError(excess);
        }
        if (held() > 0) {
            throw new AssertionError(made.size() + " buffers are held, the first is " + made.get(0));
        }
    }

    private synchronized void take(int bytes) {
        left -= bytes;
        if (left < 0) {
            excess = bytes + " bytes were asked for, " + -left + " too many";
            throw new IllegalStateException(excess);
        }
    }

    private synchronized ByteBuf kept(ByteBuf buffer) {
        made.add(buffer);
        return buffer;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        take(initialCapacity);
        return kept(new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity));
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        take(initialCapacity);
        return kept(new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity));
    }

    @Override
    public int calculateNewCapacity(int minNewCapacity, int maxCapacity) {
        int capacity = super.calculateNewCapacity(minNewCapacity, maxCapacity);
        take(capacity);
        return capacity;
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
