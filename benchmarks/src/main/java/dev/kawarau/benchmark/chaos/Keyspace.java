package dev.kawarau.benchmark.chaos;

import org.jspecify.annotations.Nullable;

/**
 * The keys that one connection of one client writes, nobody else, and what they may hold: the last value that the server
 * acknowledged, or one that it may have taken. Confined to the client's loop until the client has stopped.
 */
final class Keyspace {
    static final int SLOTS = 8;

    /** A value that may have been applied, and the last life of the server in which that can have been. */
    private record Maybe(long id, int life, @Nullable Maybe next) {}

    private final int client;
    private final int generation;
    private final long[] acknowledged = new long[SLOTS];
    private final @Nullable Maybe[] maybes = new @Nullable Maybe[SLOTS];
    private long counted;
    private long maybeCounted;
    private long lastCount;

    Keyspace(int client, int generation) {
        this.client = client;
        this.generation = generation;
    }

    String key(int slot) {
        return "k:" + client + ":" + generation + ":" + slot;
    }

    String counter() {
        return "n:" + client + ":" + generation;
    }

    /**
     * The server acknowledged a value.
     *
     * @param life of the server when the value was sent: what an earlier life had not taken by then it never will
     */
    void acknowledged(int slot, long id, int life) {
        acknowledged[slot] = id;
        Maybe kept = null;
        for (Maybe maybe = maybes[slot]; maybe != null; maybe = maybe.next) {
            if (maybe.life >= life) {
                kept = new Maybe(maybe.id, maybe.life, kept);
            }
        }
        maybes[slot] = kept;
    }

    void maybe(int slot, long id, int life) {
        maybes[slot] = new Maybe(id, life, maybes[slot]);
    }

    boolean allows(int slot, long id) {
        if (id == acknowledged[slot]) {
            return true;
        }
        for (Maybe maybe = maybes[slot]; maybe != null; maybe = maybe.next) {
            if (maybe.id == id) {
                return true;
            }
        }
        return false;
    }

    String allowed(int slot) {
        StringBuilder all = new StringBuilder(Payload.describe(acknowledged[slot]));
        for (Maybe maybe = maybes[slot]; maybe != null; maybe = maybe.next) {
            all.append(" or ")
                    .append(Payload.describe(maybe.id))
                    .append(" of life ")
                    .append(maybe.life);
        }
        return all.toString();
    }

    /** The server counted one up; whether it can have come to this. */
    boolean counted(long count) {
        boolean right = count > lastCount && count <= counted + maybeCounted + 1;
        counted++;
        lastCount = count;
        return right;
    }

    void maybeCounted() {
        maybeCounted++;
    }

    boolean allowsCount(long count) {
        return count >= Math.max(counted, lastCount) && count <= counted + maybeCounted;
    }

    String allowedCount() {
        return Math.max(counted, lastCount) + " to " + (counted + maybeCounted);
    }
}
