package dev.kawarau.transform.redis;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Where a tenant's prefix is in channels. Keyspace notifications are not named by clients: {@code __keyspace@0__:key} has
 * the key in its name, {@code __keyevent@0__:del} in its messages.
 */
final class Channels {
    /** Where the prefix goes if it goes nowhere. */
    static final int NOWHERE = -1;
    /** That a channel or pattern is none that a tenant may use. */
    static final int REFUSED = -2;

    private static final byte[] KEY = "__key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEYSPACE = "__keyspace@".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEYEVENT = "__keyevent@".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATABASE_END = "__:".getBytes(StandardCharsets.US_ASCII);

    private Channels() {}

    /** Where the prefix goes in a channel, or {@link #NOWHERE}. */
    static int placeInChannel(ByteBuf buffer, int start, int length) {
        if (isKeyEvent(buffer, start, length)) {
            return NOWHERE;
        }
        return Math.max(0, afterDatabase(buffer, start, length));
    }

    /** Where the prefix goes in a pattern, or {@link #NOWHERE}, or {@link #REFUSED}. */
    static int placeInPattern(ByteBuf buffer, int start, int length) {
        int after = afterDatabase(buffer, start, length);
        if (after > 0) {
            return isKeyEvent(buffer, start, length) ? NOWHERE : after;
        }
        // What may match notifications, as __key*__:* does, would with a prefix never match any.
        return beginsWith(buffer, start, length, KEY) ? REFUSED : 0;
    }

    /** Whether it is {@code __keyevent@0__:del} or the like, of one database or all. */
    static boolean isKeyEvent(ByteBuf buffer, int start, int length) {
        return beginsWith(buffer, start, length, KEYEVENT) && afterDatabase(buffer, start, length) > 0;
    }

    /** Where the key or event begins in the name of a notification's channel, or in a pattern; -1 if it is none. */
    private static int afterDatabase(ByteBuf buffer, int start, int length) {
        if (!beginsWith(buffer, start, length, KEYSPACE) && !beginsWith(buffer, start, length, KEYEVENT)) {
            return -1;
        }
        int at = KEYSPACE.length;
        while (at < length && isDatabase(buffer.getByte(start + at))) {
            at++;
        }
        return beginsWith(buffer, start + at, length - at, DATABASE_END) ? at + DATABASE_END.length : -1;
    }

    private static boolean isDatabase(byte b) {
        return (b >= '0' && b <= '9') || b == '*';
    }

    static boolean beginsWith(ByteBuf buffer, int start, int length, byte[] beginning) {
        if (length < beginning.length) {
            return false;
        }
        for (int i = 0; i < beginning.length; i++) {
            if (buffer.getByte(start + i) != beginning[i]) {
                return false;
            }
        }
        return true;
    }
}
