package dev.kawarau.transform.redis;

import dev.kawarau.resp.RespValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A map as servers write it: of RESP3, or in RESP2 an array of keys and values in turn; it can be written back so. */
final class Fields {
    private final List<RespValue> inTurn;
    private final boolean map;

    private Fields(List<RespValue> inTurn, boolean map) {
        this.inTurn = inTurn;
        this.map = map;
    }

    /** The fields of a value; null if it has none. */
    static @Nullable Fields of(RespValue value) {
        if (value instanceof RespValue.Map map) {
            List<RespValue> inTurn = new ArrayList<>();
            map.entries().forEach(entry -> {
                inTurn.add(entry.key());
                inTurn.add(entry.value());
            });
            return new Fields(inTurn, true);
        }
        return value instanceof RespValue.Array array && array.elements().size() % 2 == 0
                ? new Fields(new ArrayList<>(array.elements()), false)
                : null;
    }

    private int find(String name) {
        for (int i = 0; i < inTurn.size(); i += 2) {
            if (inTurn.get(i) instanceof RespValue.Bulk key && key.text().equals(name)) {
                return i + 1;
            }
        }
        return -1;
    }

    boolean has(String name) {
        return find(name) >= 0;
    }

    @Nullable
    RespValue get(String name) {
        int at = find(name);
        return at < 0 ? null : inTurn.get(at);
    }

    @Nullable
    String text(String name) {
        return get(name) instanceof RespValue.Bulk bulk ? bulk.text() : null;
    }

    /** Changes a field that is there. */
    void set(String name, RespValue value) {
        int at = find(name);
        if (at >= 0) {
            inTurn.set(at, value);
        }
    }

    RespValue value() {
        if (!map) {
            return RespValue.array(inTurn);
        }
        List<RespValue.Entry> entries = new ArrayList<>();
        for (int i = 0; i < inTurn.size(); i += 2) {
            entries.add(RespValue.entry(inTurn.get(i), inTurn.get(i + 1)));
        }
        return new RespValue.Map(entries);
    }
}
