package dev.kawarau.transform.observe;

import io.netty.buffer.ByteBuf;

/** What clients sent as plain ASCII of bounded length, so that it cannot forge lines or move a terminal's cursor. */
final class Printable {
    /** What stands for the rest. */
    static final String CUT = "...";

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Printable() {}

    /** Bytes; what is not printable ASCII is shown as {@code \x0a}. Leaves the buffer's indices alone. */
    static String of(ByteBuf bytes, int mostBytes) {
        int shown = Math.min(bytes.readableBytes(), mostBytes);
        StringBuilder text = new StringBuilder(shown + 8);
        for (int i = 0; i < shown; i++) {
            append(text, (char) bytes.getUnsignedByte(bytes.readerIndex() + i));
        }
        return shown < bytes.readableBytes() ? text.append(CUT).toString() : text.toString();
    }

    /** Words; what is not printable ASCII is shown as its code. */
    static String of(String words, int mostCharacters) {
        int shown = Math.min(words.length(), mostCharacters);
        StringBuilder text = new StringBuilder(shown + 8);
        for (int i = 0; i < shown; i++) {
            append(text, words.charAt(i));
        }
        return shown < words.length() ? text.append(CUT).toString() : text.toString();
    }

    /** A line, cut to a length. */
    static String cut(CharSequence line, int most) {
        return line.length() <= most ? line.toString() : line.subSequence(0, most - CUT.length()) + CUT;
    }

    private static void append(StringBuilder text, char c) {
        if (c == '"' || c == '\\') {
            text.append('\\').append(c);
        } else if (c >= ' ' && c <= '~') {
            text.append(c);
        } else if (c <= 0xff) {
            text.append("\\x").append(HEX[c >> 4]).append(HEX[c & 15]);
        } else {
            text.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                text.append(HEX[c >> shift & 15]);
            }
        }
    }
}
