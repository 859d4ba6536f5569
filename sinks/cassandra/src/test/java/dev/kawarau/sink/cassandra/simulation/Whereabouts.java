package dev.kawarau.sink.cassandra.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keyspaces that a session may be in, as far as its client can tell. While a USE is under way it may be in either; after
 * several at once nobody knows which of them was the last, until there is one alone.
 */
final class Whereabouts {
    private final List<Request> underWay = new ArrayList<>();
    private int uses;
    private Set<String> possible = Set.of(Node.NOWHERE);

    /** Where a request may be carried out that is sent now. */
    Set<String> now() {
        Set<String> all = new TreeSet<>(possible);
        underWay.forEach(use -> all.add(use.token));
        return all;
    }

    /** How many USEs were sent so far. */
    int uses() {
        return uses;
    }

    void asked(Request use) {
        uses++;
        if (!underWay.isEmpty()) {
            underWay.forEach(other -> other.overlaps = true);
            use.overlaps = true;
        }
        underWay.add(use);
    }

    void moved(Request use) {
        underWay.remove(use);
        if (use.overlaps) {
            mayBeIn(use.token);
        } else {
            possible = Set.of(use.token);
        }
    }

    /** @param maybe whether it may have been carried out all the same */
    void failed(Request use, boolean maybe) {
        underWay.remove(use);
        if (maybe) {
            mayBeIn(use.token);
        }
    }

    private void mayBeIn(String keyspace) {
        Set<String> more = new TreeSet<>(possible);
        more.add(keyspace);
        possible = more;
    }
}
