package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;

/**
 * A pattern as Redis matches keys by (KEYS, ACL): {@code *} any bytes, {@code ?} any byte, {@code [abc]}, {@code [a-c]}
 * and {@code [^a]} sets, a backslash for the next byte itself. Immutable.
 */
final class GlobPattern {
    private static final int NO_MATCH = -1;

    private final byte[] pattern;

    /** How long the beginning is if the pattern is just that and a star; else -1. */
    private final int plainBeginning;

    GlobPattern(byte[] pattern) {
        this.pattern = pattern;
        this.plainBeginning = plainBeginning(pattern);
    }

    private static int plainBeginning(byte[] pattern) {
        int at = 0;
        while (at < pattern.length && "*?[\\".indexOf(pattern[at]) < 0) {
            at++;
        }
        return at == pattern.length - 1 && pattern[at] == '*' ? at : -1;
    }

    /** Linear in the product of both lengths at worst: of several stars only the last one is ever tried again. */
    boolean matches(ByteBuf text, int start, int length) {
        int p = 0;
        int t = start;
        int end = start + length;
        int starAt = -1;
        int starText = -1;
        while (t < end) {
            int next = NO_MATCH;
            if (p < pattern.length && pattern[p] == '*') {
                starAt = p++;
                starText = t;
                continue;
            } else if (p < pattern.length) {
                next = afterMatch(p, text.getByte(t));
            }
            if (next != NO_MATCH) {
                p = next;
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

    /** Where the pattern goes on if what is at p matches the byte; {@link #NO_MATCH} if not. */
    private int afterMatch(int p, byte found) {
        return switch (pattern[p]) {
            case '?' -> p + 1;
            case '[' -> afterSet(p + 1, found);
            case '\\' -> afterLiteral(Math.min(p + 1, pattern.length - 1), found);
            default -> afterLiteral(p, found);
        };
    }

    private int afterLiteral(int p, byte found) {
        return pattern[p] == found ? p + 1 : NO_MATCH;
    }

    /**
     * As Redis reads a set (stringmatchlen): its end may be missing, and a closing bracket may be the end of a range. Only
     * bytes above 127 in ranges differ, which Redis compares with or without their sign, as the machine has it.
     */
    private int afterSet(int from, byte found) {
        int at = from;
        boolean negated = at < pattern.length && pattern[at] == '^';
        if (negated) {
            at++;
        }
        boolean in = false;
        while (at < pattern.length && pattern[at] != ']') {
            int left = pattern.length - at;
            if (left >= 2 && pattern[at] == '\\') {
                in |= pattern[at + 1] == found;
                at += 2;
            } else if (left >= 3 && pattern[at + 1] == '-') {
                in |= isBetween(pattern[at] & 0xFF, pattern[at + 2] & 0xFF, found & 0xFF);
                at += 3;
            } else {
                in |= pattern[at] == found;
                at++;
            }
        }
        return in == negated ? NO_MATCH : Math.min(at + 1, pattern.length);
    }

    private static boolean isBetween(int one, int other, int found) {
        return found >= Math.min(one, other) && found <= Math.max(one, other);
    }

    /**
     * Whether all that another pattern matches is matched by this one, as far as that can be told simply: it is the same
     * pattern, or this one is a plain beginning and a star, and the other one begins so too.
     */
    boolean covers(ByteBuf other, int start, int length) {
        boolean isBeginning = plainBeginning >= 0 && length >= plainBeginning;
        int same = isBeginning ? plainBeginning : pattern.length;
        if (!isBeginning && length != pattern.length) {
            return false;
        }
        for (int i = 0; i < same; i++) {
            if (other.getByte(start + i) != pattern[i]) {
                return false;
            }
        }
        return true;
    }
}
