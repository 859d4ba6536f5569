package dev.kawarau.sink.redis;

import java.util.List;

/**
 * One reply as it was on the wire. Strings hold one byte a character (ISO 8859-1), so they compare as bytes do.
 *
 * @param type the byte that the reply starts with
 * @param text the value of a scalar, without its framing; empty for an aggregate
 * @param items the elements of an aggregate, those of a map flattened; empty for a scalar
 * @param nil whether this is a null bulk or a null array of RESP2
 * @param raw all bytes of it
 */
record Frame(char type, String text, List<Frame> items, boolean nil, String raw) {

    boolean isAggregate() {
        return "*%~>|".indexOf(type) >= 0 && !nil;
    }

    /** The bytes in a form to print, cut when long. */
    String printable() {
        return printable(raw);
    }

    static String printable(String bytes) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < bytes.length() && out.length() < 1500; i++) {
            char c = bytes.charAt(i);
            switch (c) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append(String.format("\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.length() < 1500 ? out.toString() : out + "... (" + bytes.length() + " bytes)";
    }
}
