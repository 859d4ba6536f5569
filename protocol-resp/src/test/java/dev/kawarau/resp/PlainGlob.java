package dev.kawarau.resp;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Redis's patterns matched by a table of all prefixes: an oracle for {@link GlobPattern}. */
final class PlainGlob {
    /** The bytes that one place of the pattern takes; the star, which takes any number of them, is null. */
    private final List<BitSet> places = new ArrayList<>();

    private final byte[] pattern;
    private int at;

    PlainGlob(byte[] pattern) {
        this.pattern = pattern;
        while (at < pattern.length) {
            places.add(place());
        }
    }

    private BitSet place() {
        byte b = pattern[at++];
        BitSet bytes = new BitSet(256);
        switch (b) {
            case '*' -> {
                return null;
            }
            case '?' -> bytes.set(0, 256);
            case '[' -> set(bytes);
            case '\\' -> bytes.set((at < pattern.length ? pattern[at++] : b) & 0xff);
            default -> bytes.set(b & 0xff);
        }
        return bytes;
    }

    /** A set without its bracket goes to the end of the pattern; a range or an escape takes any byte, a bracket too. */
    private void set(BitSet bytes) {
        boolean negated = at < pattern.length && pattern[at] == '^';
        if (negated) {
            at++;
        }
        while (at < pattern.length && pattern[at] != ']') {
            int low = pattern[at] & 0xff;
            if (low == '\\' && at + 1 < pattern.length) {
                bytes.set(pattern[at + 1] & 0xff);
                at += 2;
            } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
                int high = pattern[at + 2] & 0xff;
                bytes.set(Math.min(low, high), Math.max(low, high) + 1);
                at += 3;
            } else {
                bytes.set(low);
                at++;
            }
        }
        at = Math.min(at + 1, pattern.length);
        if (negated) {
            bytes.flip(0, 256);
        }
    }

    boolean matches(byte[] text) {
        boolean[] reached = new boolean[text.length + 1];
        reached[0] = true;
        for (BitSet place : places) {
            boolean[] next = new boolean[text.length + 1];
            for (int t = 0; t <= text.length; t++) {
                next[t] = place == null
                        ? reached[t] || (t > 0 && next[t - 1])
                        : t > 0 && reached[t - 1] && place.get(text[t - 1] & 0xff);
            }
            reached = next;
        }
        return reached[text.length];
    }
}
