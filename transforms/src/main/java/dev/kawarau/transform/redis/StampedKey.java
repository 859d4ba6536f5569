package dev.kawarau.transform.redis;

import java.util.Arrays;

/** A key, and the key that its stamp is kept under, which a cluster keeps at the same place. */
final class StampedKey {
    private final int database;
    private final byte[] key;
    private final byte[] stampKey;

    private StampedKey(int database, byte[] key, byte[] stampKey) {
        this.database = database;
        this.key = key;
        this.stampKey = stampKey;
    }

    /** Which the client selected; -1 if it selected none. */
    int database() {
        return database;
    }

    byte[] key() {
        return key;
    }

    byte[] stampKey() {
        return stampKey;
    }

    static StampedKey of(int database, byte[] key, byte[] suffix) {
        boolean tagged = hasTag(key);
        byte[] stampKey = new byte[key.length + 2 + suffix.length];
        // The two forms end differently, so no two keys share a stamp: {key} and a suffix, or a tagged key, :: and a
        // suffix.
        System.arraycopy(key, 0, stampKey, tagged ? 0 : 1, key.length);
        if (tagged) {
            stampKey[key.length] = ':';
            stampKey[key.length + 1] = ':';
        } else {
            stampKey[0] = '{';
            stampKey[key.length + 1] = '}';
        }
        System.arraycopy(suffix, 0, stampKey, key.length + 2, suffix.length);
        return new StampedKey(database, key, stampKey);
    }

    /** As a cluster sees it: the first brace that opens, and the first after it that closes, with something between. */
    private static boolean hasTag(byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (key[i] == '{') {
                for (int j = i + 1; j < key.length; j++) {
                    if (key[j] == '}') {
                        return j > i + 1;
                    }
                }
                return false;
            }
        }
        return false;
    }

    /** Whether a key is one that stamps are kept under. */
    static boolean isStampKey(byte[] key, byte[] suffix) {
        int end = key.length - suffix.length;
        if (end < 2 || !Arrays.equals(key, end, key.length, suffix, 0, suffix.length)) {
            return false;
        }
        return (key[0] == '{' && key[end - 1] == '}') || (key[end - 1] == ':' && key[end - 2] == ':');
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StampedKey that && database == that.database && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(key) + database;
    }

    @Override
    public String toString() {
        return "a key of " + key.length + " bytes";
    }
}
