package dev.kawarau.cql.statement;

/** Durations such as {@code P1Y2M3DT4H5M6S}, {@code P3W} and {@code P0001-02-03T04:05:06}, in upper case only. */
final class IsoDuration {
    private static final String ALTERNATIVE = "P9999-99-99T99:99:99";

    private IsoDuration() {}

    /** Where the duration ends that must begin here with a P; negative if there is none. */
    static int end(String text, int from) {
        if (digits(text, from + 1) == from + 5 && at(text, from + 5) == '-') {
            return alternative(text, from);
        }
        return designated(text, from);
    }

    /**
     * The same for a word, which is an identifier unless all of it is a duration.
     *
     * @param wordEnd where the letters, digits and underscores end
     */
    static int endOfWord(String text, int from, int wordEnd) {
        if (wordEnd == from + 5 && digits(text, from + 1) == wordEnd && at(text, wordEnd) == '-') {
            int end = alternative(text, from);
            if (end < 0) {
                throw CqlSyntaxException.at(text, from, "malformed duration");
            }
            return end;
        }
        return designated(text, from) == wordEnd ? wordEnd : -1;
    }

    private static int alternative(String text, int from) {
        for (int i = 0; i < ALTERNATIVE.length(); i++) {
            char c = at(text, from + i);
            char wanted = ALTERNATIVE.charAt(i);
            if (wanted == '9' ? !Lexer.isDigit(c) : c != wanted) {
                return -1;
            }
        }
        return from + ALTERNATIVE.length();
    }

    private static int designated(String text, int from) {
        int i = from + 1;
        if (at(text, i) == 'T') {
            return time(text, i);
        }
        int unit = digits(text, i);
        if (unit == i) {
            return -1;
        }
        i = unit + 1;
        switch (at(text, unit)) {
            case 'W' -> {
                return i;
            }
            case 'Y' -> i = optional(text, optional(text, i, "MD"), "D");
            case 'M' -> i = optional(text, i, "D");
            case 'D' -> {}
            default -> {
                return -1;
            }
        }
        return i >= 0 && at(text, i) == 'T' ? time(text, i) : i;
    }

    private static int time(String text, int from) {
        int i = from + 1;
        int unit = digits(text, i);
        if (unit == i) {
            return -1;
        }
        return switch (at(text, unit)) {
            case 'H' -> optional(text, optional(text, unit + 1, "MS"), "S");
            case 'M' -> optional(text, unit + 1, "S");
            case 'S' -> unit + 1;
            default -> -1;
        };
    }

    /** Passes digits and one of the units, if there are digits. What was missed already stays missed. */
    private static int optional(String text, int from, String units) {
        // The unit before was the last there can be: 1Y2D3D is none.
        if (from < 0 || !Lexer.isDigit(at(text, from)) || at(text, from - 1) == units.charAt(units.length() - 1)) {
            return from < 0 ? -1 : from;
        }
        int unit = digits(text, from);
        return units.indexOf(at(text, unit)) >= 0 ? unit + 1 : -1;
    }

    private static int digits(String text, int from) {
        int i = from;
        while (Lexer.isDigit(at(text, i))) {
            i++;
        }
        return i;
    }

    private static char at(String text, int i) {
        return i < text.length() ? text.charAt(i) : 0;
    }
}
