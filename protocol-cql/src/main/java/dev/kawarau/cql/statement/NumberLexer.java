package dev.kawarau.cql.statement;

/** Finds the end of tokens that begin with a digit, or with a minus and a digit, and of UUIDs. */
final class NumberLexer {
    private static final int UUID_PREFIX = 8;
    private static final int UUID_LENGTH = 36;

    private final String text;
    private final int length;
    private int end;

    NumberLexer(String text) {
        this.text = text;
        this.length = text.length();
    }

    /** Where the token ends that was found last. */
    int end() {
        return end;
    }

    /**
     * A digit begins an integer, a float, a duration, a blob or a UUID. Up to the eighth character it may be the last: a
     * hexadecimal digit that none of the others can have there settles it.
     */
    Token number(int from) {
        if (text.charAt(from) == '0' && (at(from + 1) | 0x20) == 'x') {
            int i = from + 2;
            while (Lexer.isHexDigit(at(i))) {
                i++;
            }
            end = i;
            return Token.BLOB_LITERAL;
        }
        return looksLikeUuid(from) ? uuid(from) : signed(from);
    }

    private boolean looksLikeUuid(int from) {
        int lettersFrom = -1;
        char last = 0;
        for (int i = from; i < from + UUID_PREFIX; i++) {
            char c = (char) (at(i) | 0x20);
            if (!Lexer.isHexDigit(at(i))) {
                return false;
            }
            if (c > '9') {
                // 1a, 1e2f, 1dd; but 1d2d is a duration, as far as that goes.
                boolean mayBeDuration = c == 'd' && last != 'e' && i > lettersFrom + 1;
                boolean mayBeFloat = c == 'e' && lettersFrom < 0;
                if (!mayBeDuration && !mayBeFloat) {
                    return true;
                }
                lettersFrom = i;
                last = c;
            }
        }
        if (at(from + UUID_PREFIX) != '-') {
            return false;
        }
        if (last == 'e' && lettersFrom == from + UUID_PREFIX - 1) {
            return exponentLooksLikeUuid(from + UUID_PREFIX + 1);
        }
        return true;
    }

    /** 1234567e-1 is a float, 1234567e-1234- the beginning of a UUID. */
    private boolean exponentLooksLikeUuid(int from) {
        for (int i = from; i < from + 4; i++) {
            if (!Lexer.isDigit(at(i))) {
                return Lexer.isHexDigit(at(i));
            }
        }
        return at(from + 4) == '-';
    }

    /** The UUID that must begin here. */
    Token uuid(int from) {
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            char c = at(from + i);
            if (dash ? c != '-' : !Lexer.isHexDigit(c)) {
                throw error(from, "malformed UUID");
            }
        }
        end = from + UUID_LENGTH;
        return Token.UUID_LITERAL;
    }

    /** The integer, float or duration that begins here with a minus or a digit. */
    Token signed(int from) {
        int i = digits(from + 1);
        end = i;
        char c = at(i);
        if (c == '.') {
            if (at(i + 1) == '.' && at(i + 2) != '.') {
                return Token.INTEGER;
            }
            i = at(i + 1) == '.' ? i + 1 : digits(i + 1);
            end = i;
            if (at(i) == '.' || (at(i) | 0x20) != 'e') {
                return Token.FLOAT_LITERAL;
            }
            return exponent(from, i);
        }
        if ((c | 0x20) == 'e') {
            return exponent(from, i);
        }
        return durationUnit(i) > 0 || beginsUnit(c) ? duration(from, i) : Token.INTEGER;
    }

    private Token exponent(int from, int at) {
        int i = at + 1;
        if (at(i) == '+' || at(i) == '-') {
            i++;
        }
        end = digits(i);
        if (end == i) {
            throw error(from, "the exponent is missing");
        }
        return Token.FLOAT_LITERAL;
    }

    private Token duration(int from, int firstUnit) {
        int i = firstUnit;
        while (true) {
            int unit = durationUnit(i);
            if (unit == 0) {
                throw error(from, "malformed duration");
            }
            i += unit;
            if (!Lexer.isDigit(at(i))) {
                end = i;
                return Token.DURATION_LITERAL;
            }
            i = digits(i);
        }
    }

    private static boolean beginsUnit(char c) {
        char lower = (char) (c | 0x20);
        return (Lexer.isLetter(c) && (lower == 'n' || lower == 'u')) || c == 'µ';
    }

    /** The length of the unit at an offset, or 0 if there is none. */
    private int durationUnit(int i) {
        char c = at(i);
        if (c != 'µ' && !Lexer.isLetter(c)) {
            return 0;
        }
        char second = Lexer.isLetter(at(i + 1)) ? (char) (at(i + 1) | 0x20) : 0;
        return switch (c == 'µ' ? 'u' : c | 0x20) {
            case 'y', 'w', 'd', 'h', 's' -> 1;
            case 'm' -> second == 'o' || second == 's' ? 2 : 1;
            case 'u', 'n' -> second == 's' ? 2 : 0;
            default -> 0;
        };
    }

    /** Whether a word is the beginning of a UUID, if a minus follows. */
    boolean isUuidPrefix(int from, int to) {
        if (to - from != UUID_PREFIX) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!Lexer.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private int digits(int from) {
        int i = from;
        while (Lexer.isDigit(at(i))) {
            i++;
        }
        return i;
    }

    /** The character at an offset; beyond the text one that is in no token but strings. */
    private char at(int i) {
        return i < length ? text.charAt(i) : 0;
    }

    private CqlSyntaxException error(int offset, String problem) {
        return CqlSyntaxException.at(text, offset, problem);
    }
}
