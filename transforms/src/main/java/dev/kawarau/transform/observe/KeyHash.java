package dev.kawarau.transform.observe;

import io.netty.buffer.ByteBuf;

/** 64 bits of a key, whose distribution depends on a seed. */
final class KeyHash {
    private static final long ODD = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;
    private static final int SURPLUS_BITS = 11;

    private KeyHash() {}

    /** The hash of a buffer's bytes; leaves its indices alone. */
    static long of(ByteBuf key, long seed) {
        int start = key.readerIndex();
        int length = key.readableBytes();
        long hash = mix(seed ^ length * ODD);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash ^ key.getLongLE(start + i)) + seed;
        }
        long rest = 0;
        for (; i < length; i++) {
            rest = rest << Byte.SIZE | key.getUnsignedByte(start + i);
        }
        return mix(hash ^ rest);
    }

    /** The hash of some text. */
    static long of(String text, long seed) {
        long hash = mix(seed ^ text.length() * ODD);
        for (int i = 0; i < text.length(); i++) {
            hash = mix(hash ^ text.charAt(i));
        }
        return hash;
    }

    /** Each bit of the result depends on each bit of the argument, and no two arguments have the same result. */
    static long mix(long value) {
        long mixed = value + ODD;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** A hash as a number from 0 to, but not including, 1. */
    static double fraction(long hash) {
        return (hash >>> SURPLUS_BITS) * UNIT;
    }
}
