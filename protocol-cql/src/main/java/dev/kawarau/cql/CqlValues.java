package dev.kawarau.cql;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values that a request binds to the markers of a statement, where they lie. Nothing is made of a value that nobody
 * asks for: asking for one walks over the lengths of those before it, and the next one begins where the last ended.
 * Confined to the thread that has the message, and lives as long as that.
 */
public final class CqlValues {
    private static final int NULL = -1;
    private static final int UNSET = -2;
    private static final int FEW = 16;

    private final CqlMessage message;
    private final int count;
    private final boolean named;
    private final int first;
    private int @Nullable [] starts;
    private @Nullable Map<String, Integer> positions;
    private int index;
    private int nameStart;
    private int start;
    private int length;

    /** For values that begin at an index of the message's buffer; null means that there are none. */
    private CqlValues(CqlMessage message, int first, int count, boolean named) {
        this.message = message;
        this.first = first;
        this.count = count;
        this.named = named;
        this.index = -1;
    }

    /** Values that begin here. */
    static CqlValues at(BodyCursor cursor, CqlMessage message, int count, boolean named) {
        return new CqlValues(message, cursor.at(), count, named);
    }

    static CqlValues none(CqlMessage message) {
        return new CqlValues(message, 0, 0, false);
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** Whether each has a name. If not, they belong to the markers in their order. */
    public boolean areNamed() {
        return named;
    }

    /** The name of a value, in the case that the client sent it in; null if they have none. */
    public @Nullable String name(int value) {
        find(value);
        return named ? new BodyCursor(message, nameStart).readString() : null;
    }

    /** Whether a value is null. */
    public boolean isNull(int value) {
        find(value);
        return length == NULL;
    }

    /** Whether a value leaves alone what is there (native protocol v4, section 4.1.4: "not set"), which none does in 3. */
    public boolean isUnset(int value) {
        find(value);
        return length == UNSET;
    }

    /** A value as the database's protocol has it, a view of the message's memory; null if it is null or not set. */
    public @Nullable ByteBuf get(int value) {
        find(value);
        return length < 0 ? null : message.buffer().slice(start, length).asReadOnly();
    }

    /** Where the bytes of a value begin in the message's buffer. */
    int start(int value) {
        find(value);
        return start;
    }

    /** How many bytes a value has; negative if it is null or not set. */
    int length(int value) {
        find(value);
        return length;
    }

    /** The position of the value of a name, or -1. */
    int indexOf(String name) {
        Map<String, Integer> known = positions;
        if (known == null) {
            known = new HashMap<>();
            for (int i = 0; named && i < count; i++) {
                known.putIfAbsent(String.valueOf(name(i)), i);
            }
            positions = known;
        }
        return known.getOrDefault(name, -1);
    }

    /** Where the last value ends. */
    int end() {
        if (count == 0) {
            return first;
        }
        find(count - 1);
        return start + Math.max(0, length);
    }

    /** Where each begins, for who goes back and forth: walking there from the first each time takes the square of it. */
    private int[] starts() {
        BodyCursor cursor = new BodyCursor(message, first);
        if (count > cursor.left() / Integer.BYTES) {
            throw cursor.malformed(count + " values do not fit in");
        }
        int[] found = new int[count];
        for (int i = 0; i < count; i++) {
            found[i] = cursor.at();
            if (named) {
                cursor.skip(cursor.readShort());
            }
            cursor.skipBytes();
        }
        return found;
    }

    /** Before version 4 all that is negative is null (native protocol v3, section 3: "[bytes]"). */
    private int length(BodyCursor cursor) {
        int read = cursor.readInt();
        if (read < 0 && message.version() < 4) {
            return NULL;
        }
        if (read < UNSET) {
            throw cursor.malformed("a value of " + read + " bytes");
        }
        return read;
    }

    private void find(int value) {
        Objects.checkIndex(value, count);
        if (value == index) {
            return;
        }
        if (value < index && value >= FEW && starts == null) {
            starts = starts();
        }
        int[] known = starts;
        boolean onwards = index >= 0 && value > index;
        BodyCursor cursor =
                new BodyCursor(message, known != null ? known[value] : onwards ? start + Math.max(0, length) : first);
        int at = known != null ? value : onwards ? index + 1 : 0;
        // Not known while it moves, since it may run into the end.
        index = -1;
        while (true) {
            nameStart = cursor.at();
            if (named) {
                cursor.skip(cursor.readShort());
            }
            length = length(cursor);
            start = cursor.at();
            cursor.skip(Math.max(0, length));
            if (at == value) {
                index = value;
                return;
            }
            at++;
        }
    }
}
