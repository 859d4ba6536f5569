package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.transform.consistency.Mutation;
import dev.kawarau.transform.consistency.Stamp;
import dev.kawarau.transform.consistency.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server has of a key.
 *
 * @param held as the server has it
 * @param isWhole whether the server was asked for the value too
 */
@SuppressWarnings("ArrayRecordComponent") // bytes as a server has them, and never compared
record StampedVersion(StampedKey key, StampText text, byte @Nullable [] held, boolean isWhole, long graceMillis)
        implements Version {
    /** @throws Failure if the server's answer to MGET of the value and the stamp, or of the stamp alone, is an error */
    static StampedVersion read(StampedKey key, boolean isWhole, Message answer, long graceMillis) {
        RespValue value = ((RespMessage) answer).value();
        if (!(value instanceof RespValue.Array array) || array.elements().size() != (isWhole ? 2 : 1)) {
            throw refused(value);
        }
        List<RespValue> elements = array.elements();
        byte[] stamp = bytes(elements.get(elements.size() - 1));
        return new StampedVersion(
                key,
                stamp == null ? StampText.NONE : StampText.parse(stamp),
                isWhole ? bytes(elements.get(0)) : null,
                isWhole,
                graceMillis);
    }

    private static byte @Nullable [] bytes(RespValue value) {
        return value instanceof RespValue.Bulk bulk ? bulk.bytes().toArray() : null;
    }

    /** A server's error, or whatever else it is. */
    static Failure refused(RespValue answer) {
        return new Failure(
                Failure.Kind.UNAVAILABLE,
                answer instanceof RespValue.SimpleError error ? error.text() : "answered " + answer);
    }

    /** That of a value that is not there although nothing ended it says nothing: the server has lost the value. */
    @Override
    public Stamp stamp() {
        boolean isLost = isWhole && held == null && text.expires() == 0 && !text.isDeleted();
        return isLost ? Stamp.NONE : text.stamp();
    }

    /** The value, null if there is none. */
    byte @Nullable [] value() {
        return text.isDeleted() ? null : held;
    }

    /** Of a value that expires it counts where it is gone; of one that was there before there were stamps, where it is. */
    @Override
    public boolean outranks(Version other) {
        boolean otherIsThere = ((StampedVersion) other).value() != null;
        return text.stamp().equals(Stamp.NONE) ? value() != null && !otherIsThere : value() == null && otherIsThere;
    }

    @Override
    public Mutation repair() {
        return new StampedWrite(key, text, value(), graceMillis);
    }
}
