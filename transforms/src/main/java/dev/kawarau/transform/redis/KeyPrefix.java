package dev.kawarau.transform.redis;

import java.nio.charset.StandardCharsets;

/** A tenant's prefix, as it stands before keys and as patterns match it. Immutable. */
final class KeyPrefix {
    private static final int LONGEST = 256;
    private static final String NOT_IN_PREFIXES = "*'\\";

    private final String text;
    private final byte[] plain;
    private final byte[] glob;

    private KeyPrefix(String text) {
        this.text = text;
        this.plain = text.getBytes(StandardCharsets.UTF_8);
        this.glob = escaped(text).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Checks a prefix. Its only colon is its end, so no prefix begins with another: else the tenant of the shorter one could
     * name keys of the other.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static KeyPrefix of(String text) {
        if (text.indexOf(':') != text.length() - 1 || text.length() < 2 || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a prefix is a name and a colon, such as \"shop:\", with no other colon and" + " of " + LONGEST
                            + " characters at most; this is \"" + text + "\"");
        }
        // Two underscores begin the channels of keyspace notifications; SORT takes a star, and errors a quote, as its
        // own.
        boolean odd = text.startsWith("__")
                || text.chars().anyMatch(c -> c <= ' ' || c == 0x7f || NOT_IN_PREFIXES.indexOf(c) >= 0);
        if (odd) {
            throw new IllegalArgumentException(
                    "a prefix begins with no \"__\" and has no blank, control character, star,"
                            + " quote or backslash; this is \"" + text + "\"");
        }
        return new KeyPrefix(text);
    }

    private static String escaped(String text) {
        StringBuilder glob = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '?' || c == '[' || c == ']') {
                glob.append('\\');
            }
            glob.append(c);
        }
        return glob.toString();
    }

    /** As it stands before a key. Not to be changed. */
    byte[] plain() {
        return plain;
    }

    /** As it stands before a pattern of keys or channels. Not to be changed. */
    byte[] glob() {
        return glob;
    }

    @Override
    public String toString() {
        return text;
    }
}
