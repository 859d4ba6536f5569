package dev.kawarau.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients asked of keys and what they were told, in order. A request is recorded before it is sent and its answer after
 * it has come, so that what is recorded as over before another began was over. Thread-safe.
 */
public final class RegisterHistory {
    private final Map<String, List<Access>> accesses = new TreeMap<>();
    private long moment;

    /** A read or write of a key, from its beginning to its end. */
    public final class Access {
        final String key;
        final String client;
        final boolean isWrite;
        final long began;

        @Nullable
        String value;

        long ended = Long.MAX_VALUE;
        boolean isKnown;
        boolean isVoid;

        private Access(String key, String client, boolean isWrite, @Nullable String value) {
            this.key = key;
            this.client = client;
            this.isWrite = isWrite;
            this.value = value;
            this.began = ++moment;
        }

        /** The read found this; null if there is nothing. */
        public void found(@Nullable String read) {
            synchronized (RegisterHistory.this) {
                value = read;
                isKnown = true;
                ended = ++moment;
            }
        }

        /** The write was acknowledged. */
        public void done() {
            synchronized (RegisterHistory.this) {
                isKnown = true;
                ended = ++moment;
            }
        }

        /** It certainly had no effect. */
        public void hadNoEffect() {
            synchronized (RegisterHistory.this) {
                isVoid = true;
            }
        }

        /** For people. */
        @Override
        public String toString() {
            return client + (isWrite ? " writes " : " reads ") + (isWrite || isKnown ? value : "?") + " from " + began
                    + (isKnown ? " to " + ended : ", perhaps");
        }
    }

    /** A client is about to read. Unless it {@linkplain Access#found finds} something, it says nothing about the key. */
    public synchronized Access read(String key, String client) {
        return add(new Access(key, client, false, null));
    }

    /**
     * A client is about to write. Unless it is {@linkplain Access#done done}, it may take effect at any time from now on, or
     * never.
     *
     * @param value null deletes
     */
    public synchronized Access write(String key, String client, @Nullable String value) {
        return add(new Access(key, client, true, value));
    }

    private Access add(Access access) {
        accesses.computeIfAbsent(access.key, key -> new ArrayList<>()).add(access);
        return access;
    }

    /** Takes out what was recorded of a key, in the order in which it began. */
    public synchronized List<Access> take(String key) {
        List<Access> taken = accesses.remove(key);
        return taken == null ? List.of() : taken;
    }

    /** How many accesses are recorded. */
    public synchronized int size() {
        return accesses.values().stream().mapToInt(List::size).sum();
    }

    /** The keys that something is recorded of. */
    public synchronized List<String> keys() {
        return new ArrayList<>(accesses.keySet());
    }

    /**
     * Checks every key, each from nothing on, and forgets it.
     *
     * @return one text for each key that was not linearizable
     */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (String key : keys()) {
            String violation = RegisterChecker.check(take(key));
            if (violation != null) {
                violations.add("key " + key + ": " + violation);
            }
        }
        return violations;
    }
}
