package dev.kawarau.sink.redis;

import dev.kawarau.resp.RespValue;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What kind of pub/sub frame a frame is, told by its first element: an array in RESP2, a push in RESP3. */
enum PubSubFrame {
    /** Something published, by channel, pattern or shard channel. */
    MESSAGE,
    /** The confirmation of a subscription. */
    SUBSCRIBED,
    /** The confirmation of its end. */
    UNSUBSCRIBED,
    /** None of these. */
    OTHER;

    private static final byte[] MESSAGE_WORD = word("message");
    private static final byte[] UNSUBSCRIBE_WORD = word("unsubscribe");
    private static final byte[] SUBSCRIBE_WORD = word("subscribe");

    /** Looks at the first bytes of a complete frame. */
    static PubSubFrame of(ByteBuf buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        // "*3\r\n$7\r\nmessage": a header, then a bulk whose word may have one letter before it (pmessage, smessage).
        while (at < end && buffer.getByte(at) != '\n') {
            at++;
        }
        if (at + 1 >= end || buffer.getByte(at + 1) != '$') {
            return OTHER;
        }
        int size = 0;
        for (at += 2; at < end && buffer.getByte(at) != '\r' && size < 100; at++) {
            size = size * 10 + buffer.getByte(at) - '0';
        }
        at += 2;
        if (size < 7 || size > 12 || at + size > end) {
            return OTHER;
        }
        if (endsWith(buffer, at, size, UNSUBSCRIBE_WORD)) {
            return UNSUBSCRIBED;
        }
        if (endsWith(buffer, at, size, SUBSCRIBE_WORD)) {
            return SUBSCRIBED;
        }
        return endsWith(buffer, at, size, MESSAGE_WORD) ? MESSAGE : OTHER;
    }

    private static boolean endsWith(ByteBuf buffer, int at, int size, byte[] word) {
        int skip = size - word.length;
        if (skip < 0 || skip > 1) {
            return false;
        }
        if (skip == 1 && buffer.getByte(at) != 'p' && buffer.getByte(at) != 's') {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (buffer.getByte(at + skip + i) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] word(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The elements of a confirmation or message. */
    static List<RespValue> elements(RespValue frame) {
        if (frame instanceof RespValue.Push push) {
            return push.elements();
        }
        return frame instanceof RespValue.Array array ? array.elements() : List.of();
    }
}
