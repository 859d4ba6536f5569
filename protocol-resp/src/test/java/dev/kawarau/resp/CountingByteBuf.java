package dev.kawarau.resp;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/** A buffer that is read byte by byte, like a composite one, and counts how many of them are looked at. */
final class CountingByteBuf extends UnpooledHeapByteBuf {
    long looks;

    CountingByteBuf() {
        super(UnpooledByteBufAllocator.DEFAULT, 256, Integer.MAX_VALUE);
    }

    @Override
    public int nioBufferCount() {
        return 2;
    }

    @Override
    public byte getByte(int index) {
        return super.getByte(looked(index, 1));
    }

    @Override
    public short getShort(int index) {
        return super.getShort(looked(index, 2));
    }

    @Override
    public int getInt(int index) {
        return super.getInt(looked(index, 4));
    }

    @Override
    public long getLong(int index) {
        return super.getLong(looked(index, 8));
    }

    @Override
    public int indexOf(int fromIndex, int toIndex, byte value) {
        return super.indexOf(looked(fromIndex, toIndex - fromIndex), toIndex, value);
    }

    private int looked(int index, int bytes) {
        if (index < readerIndex() || index + bytes > writerIndex()) {
            throw new AssertionError(
                    "looked at " + index + "+" + bytes + ", readable are " + readerIndex() + " to " + writerIndex());
        }
        looks += bytes;
        return index;
    }
}
