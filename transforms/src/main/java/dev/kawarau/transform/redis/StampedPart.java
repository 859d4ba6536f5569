package dev.kawarau.transform.redis;

import dev.kawarau.Message;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.transform.consistency.Mutation;
import dev.kawarau.transform.consistency.Part;
import dev.kawarau.transform.consistency.Stamp;
import dev.kawarau.transform.consistency.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command does to one key.
 *
 * @param isWhole whether the value is asked for too; a SET does not care for the one before
 * @param value what is written
 * @param expires when the value does, 0 if never
 * @param forgotten when it may be forgotten that the key was deleted; 0 if it is not
 */
@SuppressWarnings("ArrayRecordComponent") // bytes as a server has them, and never compared
record StampedPart(
        StampedKey key,
        boolean isWrite,
        boolean isWhole,
        byte @Nullable [] value,
        long expires,
        long forgotten,
        long graceMillis)
        implements Part {
    private static final byte[] MGET = "MGET".getBytes(StandardCharsets.US_ASCII);

    static StampedPart read(StampedKey key, long graceMillis) {
        return new StampedPart(key, false, true, null, 0, 0, graceMillis);
    }

    static StampedPart write(StampedKey key, byte[] value, long expires, long graceMillis) {
        return new StampedPart(key, true, false, value, expires, 0, graceMillis);
    }

    static StampedPart delete(StampedKey key, long millis, long graceMillis) {
        return new StampedPart(key, true, true, null, 0, millis + graceMillis, graceMillis);
    }

    @Override
    public Message question(Message origin) {
        List<byte[]> keys = isWhole ? List.of(key.key(), key.stampKey()) : List.of(key.stampKey());
        if (key.database() >= 0) {
            byte[] database = Integer.toString(key.database()).getBytes(StandardCharsets.US_ASCII);
            return StampScript.READ.call((RespMessage) origin, keys, List.of(database));
        }
        List<byte[]> words = new ArrayList<>(3);
        words.add(MGET);
        words.addAll(keys);
        return RespMessage.command((RespMessage) origin, words);
    }

    @Override
    public Version version(Message answer) {
        return StampedVersion.read(key, isWhole, answer, graceMillis);
    }

    @Override
    public Mutation mutation(Stamp stamp) {
        return new StampedWrite(key, new StampText(stamp, expires, forgotten), value, graceMillis);
    }

    /** @throws dev.kawarau.Failure if a server's answer to a store is an error */
    static Stamp stored(Message answer) {
        RespValue value = ((RespMessage) answer).value();
        if (value instanceof RespValue.Bulk bulk) {
            return StampText.parse(bulk.bytes().toArray()).stamp();
        }
        throw StampedVersion.refused(value);
    }
}
