package dev.kawarau.transform.redis;

import dev.kawarau.Message;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.transform.consistency.Mutation;
import dev.kawarau.transform.consistency.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a key: a value, or that there is none.
 *
 * @param graceMillis how long the stamp outlives the value that it belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // bytes as a server has them, and never compared
record StampedWrite(StampedKey key, StampText text, byte @Nullable [] value, long graceMillis) implements Mutation {
    private static final byte[] NOTHING = {};
    private static final byte[] DELETE = {'D'};

    @Override
    public Stamp stamp() {
        return text.stamp();
    }

    @Override
    public Message message(Message origin) {
        long forgotten = text.isDeleted() ? text.forgotten() : text.expires() == 0 ? 0 : text.expires() + graceMillis;
        return StampScript.STORE.call(
                (RespMessage) origin,
                List.of(key.key(), key.stampKey()),
                List.of(
                        ascii(StampText.digits(text.stamp())),
                        ascii(text.tail()),
                        moment(forgotten),
                        value == null ? DELETE : moment(text.expires()),
                        value == null ? NOTHING : value,
                        key.database() < 0 ? NOTHING : ascii(Integer.toString(key.database()))));
    }

    private static byte[] moment(long millis) {
        return millis == 0 ? NOTHING : ascii(Long.toString(millis));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int size() {
        return key.key().length + key.stampKey().length + (value == null ? 0 : value.length);
    }

    @Override
    public String toString() {
        return "a write to " + key;
    }
}
