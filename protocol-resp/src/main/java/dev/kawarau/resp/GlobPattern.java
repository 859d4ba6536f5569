package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;

/**
 * A pattern as Redis matches keys by (KEYS, ACL): {@code *} any bytes, {@code ?} any byte, {@code [abc]}, {@code [a-c]}
 * and {@code [^a]} sets, a backslash for the next byte itself. Immutable.
 */
final class GlobPattern {
    private final byte[] pattern;

    GlobPattern(byte[] pattern) {
        this.pattern = pattern;
    }

    /** Linear in the product of both lengths at worst: of several stars only the last one is ever tried again. */
    boolean matches(ByteBuf text, int start, int length) {
        int p = 0;
        int t = start;
        int end = start + length;
        int starAt = -1;
        int starText = -1;
        while (t < end) {
            if (p < pattern.length && pattern[p] == '*') {
                starAt = p++;
                starText = t;
            } else if (p < pattern.length && matchesOne(p, text.getByte(t))) {
                p = afterOne(p);
                t++;
            } else if (starAt >= 0) {
                p = starAt + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    private boolean matchesOne(int p, byte found) {
        return switch (pattern[p]) {
            case '?' -> true;
            case '[' -> inSet(p, found);
            case '\\' -> pattern[Math.min(p + 1, pattern.length - 1)] == found;
            default -> pattern[p] == found;
        };
    }

    private int afterOne(int p) {
        if (pattern[p] == '[') {
            return Math.min(setEnd(p) + 1, pattern.length);
        }
        return Math.min(pattern[p] == '\\' ? p + 2 : p + 1, pattern.length);
    }

    /** Where the set that begins at p ends: its bracket, or the end of the pattern where that is missing. */
    private int setEnd(int p) {
        int at = p + 1;
        if (at < pattern.length && pattern[at] == '^') {
            at++;
        }
        while (at < pattern.length && pattern[at] != ']') {
            at += pattern[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, pattern.length);
    }

    private boolean inSet(int p, byte found) {
        int end = setEnd(p);
        int at = p + 1;
        boolean negated = at < end && pattern[at] == '^';
        if (negated) {
            at++;
        }
        boolean in = false;
        while (at < end) {
            if (pattern[at] == '\\' && at + 1 < end) {
                in |= pattern[at + 1] == found;
                at += 2;
            } else if (at + 2 < end && pattern[at + 1] == '-') {
                int low = Math.min(pattern[at] & 0xFF, pattern[at + 2] & 0xFF);
                int high = Math.max(pattern[at] & 0xFF, pattern[at + 2] & 0xFF);
                in |= (found & 0xFF) >= low && (found & 0xFF) <= high;
                at += 3;
            } else {
                in |= pattern[at] == found;
                at++;
            }
        }
        return in != negated;
    }
}
