package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.transform.consistency.Stamp;
import java.nio.charset.StandardCharsets;

/**
 * What a server keeps beside a value, as text: the stamp in 39 digits, so that the order of stamps is that of the text
 * (Lua compares as the server's locale does, and digits have one order in all); then {@code :} and when the value expires,
 * or {@code -} and when it may be forgotten that there is none.
 *
 * @param expires milliseconds since 1970; 0 if the value stays
 * @param forgotten milliseconds since 1970; 0 unless the value was deleted
 */
record StampText(Stamp stamp, long expires, long forgotten) {
    static final StampText NONE = new StampText(Stamp.NONE, 0, 0);

    private static final int TIME_DIGITS = 19;
    private static final int NODE_DIGITS = 20;
    private static final int DIGITS = TIME_DIGITS + NODE_DIGITS;

    /** No clock shows as much before the year 4000, and counting up from it does not overflow. */
    private static final long LATEST = Long.MAX_VALUE / 2;

    boolean isDeleted() {
        return forgotten != 0;
    }

    /** The 39 digits. */
    static String digits(Stamp stamp) {
        String time = Long.toString(stamp.time());
        String node = Long.toUnsignedString(stamp.node());
        return "0".repeat(TIME_DIGITS - time.length()) + time + "0".repeat(NODE_DIGITS - node.length()) + node;
    }

    /** What follows the digits; may be empty. */
    String tail() {
        return isDeleted() ? "-" + forgotten : expires != 0 ? ":" + expires : "";
    }

    /** @throws Failure if the text is none of this kind */
    static StampText parse(byte[] text) {
        String words = new String(text, StandardCharsets.ISO_8859_1);
        try {
            Stamp stamp = stamp(words);
            if (words.length() == DIGITS) {
                return new StampText(stamp, 0, 0);
            }
            long moment = Long.parseLong(words.substring(DIGITS + 1));
            return switch (words.charAt(DIGITS)) {
                case ':' -> new StampText(stamp, moment, 0);
                case '-' -> new StampText(stamp, 0, moment);
                default -> throw malformed();
            };
        } catch (IndexOutOfBoundsException | NumberFormatException wrong) {
            throw malformed();
        }
    }

    private static Stamp stamp(String words) {
        long time = Long.parseLong(words.substring(0, TIME_DIGITS));
        if (time < 0 || time > LATEST) {
            throw malformed();
        }
        return new Stamp(time, Long.parseUnsignedLong(words.substring(TIME_DIGITS, DIGITS)));
    }

    private static Failure malformed() {
        return new Failure(Failure.Kind.UNAVAILABLE, "what is kept beside the value is no version stamp");
    }
}
