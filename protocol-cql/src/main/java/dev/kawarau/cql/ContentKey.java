package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * Bytes as the key of a map, which can be looked up where they lie without a copy. They have an order, by which maps tell
 * keys apart that somebody gave the same hash.
 */
final class ContentKey implements Comparable<ContentKey> {
    private final ByteBuf bytes;
    private final int start;
    private final int length;
    private final int hash;

    private ContentKey(ByteBuf bytes, int start, int length) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
        this.hash = hash(bytes, start, length);
    }

    /** To look something up with; of no use when the memory is gone. */
    static ContentKey at(ByteBuf bytes, int start, int length) {
        return new ContentKey(bytes, start, length);
    }

    /** To keep. */
    ContentKey kept() {
        return of(ByteBufUtil.getBytes(bytes, start, length, true));
    }

    /** To keep; the array is this object's from here on. */
    static ContentKey of(byte[] content) {
        return new ContentKey(Unpooled.wrappedBuffer(content), 0, content.length);
    }

    private static int hash(ByteBuf bytes, int start, int length) {
        long hash = length;
        int at = start;
        int end = start + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = (hash ^ bytes.getLong(at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        for (; at < end; at++) {
            hash = (hash ^ bytes.getByte(at)) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash ^ hash >>> 32);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentKey key
                && hash == key.hash
                && length == key.length
                && ByteBufUtil.equals(bytes, start, key.bytes, key.start, length);
    }

    @Override
    public int compareTo(ContentKey other) {
        return ByteBufUtil.compare(bytes.slice(start, length), other.bytes.slice(other.start, other.length));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
