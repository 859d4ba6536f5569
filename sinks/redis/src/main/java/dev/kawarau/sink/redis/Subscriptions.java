package dev.kawarau.sink.redis;

import dev.kawarau.resp.Bytes;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a connection is subscribed to, as the server's confirmations say. */
final class Subscriptions {
    private final Set<Bytes> channels = new HashSet<>();
    private final Set<Bytes> patterns = new HashSet<>();
    private final Set<Bytes> shards = new HashSet<>();

    /** Notes a confirmation: the word, the channel or null, and how many are left. */
    void confirmed(RespValue frame) {
        List<RespValue> elements = PubSubFrame.elements(frame);
        if (elements.size() < 2
                || !(elements.get(0) instanceof RespValue.Bulk word)
                || !(elements.get(1) instanceof RespValue.Bulk channel)) {
            return;
        }
        String name = word.text();
        Set<Bytes> set =
                name.startsWith("p") ? patterns : name.startsWith("ss") || name.startsWith("sun") ? shards : channels;
        if (name.endsWith("unsubscribe")) {
            set.remove(channel.bytes());
        } else {
            set.add(channel.bytes());
        }
    }

    /** How many confirmations an UNSUBSCRIBE of everything brings: one even if there is nothing. */
    int confirmationsOfAll(RespCommand command) {
        Set<Bytes> set =
                command == Commands.PUNSUBSCRIBE ? patterns : command == Commands.SUNSUBSCRIBE ? shards : channels;
        return Math.max(1, set.size());
    }

    boolean isEmpty() {
        return channels.isEmpty() && patterns.isEmpty() && shards.isEmpty();
    }

    void clear() {
        channels.clear();
        patterns.clear();
        shards.clear();
    }
}
