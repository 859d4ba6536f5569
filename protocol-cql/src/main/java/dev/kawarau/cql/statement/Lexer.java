package dev.kawarau.cql.statement;

/**
 * Finds the next token of a text. It keeps no place of its own, so that a parser can look again at what it has passed.
 *
 * <p>Cassandra's lexer decides what a token is by looking ahead no further than it must, and then insists: {@code
 * 1day}, {@code -nothing} and {@code deadbeef-1} are errors (half a UUID, a NaN, a UUID), not three, two and two tokens.
 * This one does the same.
 */
final class Lexer {
    private static final int UUID_PREFIX = 8;
    private static final int UUID_LENGTH = 36;

    private final String text;
    private final int length;
    private int start;
    private int end;

    Lexer(String text) {
        this.text = text;
        this.length = text.length();
    }

    /** Where the token begins that was found last. */
    int start() {
        return start;
    }

    /** Where the token ends that was found last, and the next may begin. */
    int end() {
        return end;
    }

    /** Finds the first token at an offset or after it. */
    Token next(int offset) {
        int from = skipBlanks(offset);
        start = from;
        if (from == length) {
            end = from;
            return Token.END;
        }
        char c = text.charAt(from);
        if (isLetter(c)) {
            return word(from);
        }
        if (isDigit(c)) {
            return number(from);
        }
        return symbol(c, from);
    }

    private int skipBlanks(int offset) {
        int i = offset;
        while (i < length) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
                i++;
            } else if (c == '/' && at(i + 1) == '*') {
                int close = text.indexOf("*/", i + 2);
                if (close < 0) {
                    throw error(i, "the comment is never closed");
                }
                i = close + 2;
            } else if ((c == '/' || c == '-') && at(i + 1) == c) {
                i = endOfLine(i);
            } else {
                break;
            }
        }
        return i;
    }

    private int endOfLine(int from) {
        for (int i = from; i < length; i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                return i + 1;
            }
        }
        throw error(from, "the comment is not followed by a line break");
    }

    private Token symbol(char c, int from) {
        end = from + 1;
        switch (c) {
            case '\'' -> {
                return string(from);
            }
            case '"' -> {
                return quotedName(from);
            }
            case '$' -> {
                return dollarString(from);
            }
            case '-' -> {
                return minus(from);
            }
            case '?' -> {
                return Token.QUESTION_MARK;
            }
            case ':' -> {
                return Token.COLON;
            }
            case ';' -> {
                return Token.SEMICOLON;
            }
            case ',' -> {
                return Token.COMMA;
            }
            case '(' -> {
                return Token.OPEN;
            }
            case ')' -> {
                return Token.CLOSE;
            }
            case '[' -> {
                return Token.OPEN_BRACKET;
            }
            case ']' -> {
                return Token.CLOSE_BRACKET;
            }
            case '{' -> {
                return Token.OPEN_BRACE;
            }
            case '}' -> {
                return Token.CLOSE_BRACE;
            }
            case '=' -> {
                return Token.EQUAL;
            }
            case '*' -> {
                return Token.STAR;
            }
            case '/' -> {
                return Token.SLASH;
            }
            case '%' -> {
                return Token.PERCENT;
            }
            case '.' -> {
                return at(end) == '.' ? two(Token.RANGE) : Token.DOT;
            }
            case '<' -> {
                return at(end) == '=' ? two(Token.LESS_OR_EQUAL) : Token.LESS;
            }
            case '>' -> {
                return at(end) == '=' ? two(Token.GREATER_OR_EQUAL) : Token.GREATER;
            }
            case '+' -> {
                return at(end) == '=' ? two(Token.PLUS_EQUAL) : Token.PLUS;
            }
            case '!' -> {
                if (at(end) == '=') {
                    return two(Token.NOT_EQUAL);
                }
                throw error(from, "expected '!='");
            }
            default -> throw error(from, "unexpected character " + printable(c));
        }
    }

    private Token two(Token token) {
        end++;
        return token;
    }

    private Token minus(int from) {
        char next = at(from + 1);
        if (isDigit(next)) {
            return signedNumber(from);
        }
        switch (next) {
            case '=' -> {
                return two(Token.MINUS_EQUAL);
            }
            case 'n', 'N' -> {
                return insist(from, "-nan", Token.NEGATIVE_NAN);
            }
            case 'i', 'I' -> {
                return insist(from, "-infinity", Token.NEGATIVE_INFINITY);
            }
            case 'P' -> {
                end = IsoDuration.end(text, from + 1);
                if (end < 0) {
                    throw error(from, "malformed duration");
                }
                return Token.DURATION_LITERAL;
            }
            default -> {
                return Token.MINUS;
            }
        }
    }

    private Token insist(int from, String word, Token token) {
        for (int i = 1; i < word.length(); i++) {
            if ((at(from + i) | 0x20) != word.charAt(i)) {
                throw error(from, "expected " + token.description() + ", or a space after '-'");
            }
        }
        end = from + word.length();
        return token;
    }

    private Token string(int from) {
        end = endOfQuoted(from, '\'');
        return Token.STRING;
    }

    private Token quotedName(int from) {
        end = endOfQuoted(from, '"');
        return end - from == 2 ? Token.EMPTY_QUOTED_NAME : Token.QUOTED_NAME;
    }

    private int endOfQuoted(int from, char quote) {
        int close = text.indexOf(quote, from + 1);
        while (close >= 0 && at(close + 1) == quote) {
            close = text.indexOf(quote, close + 2);
        }
        if (close < 0) {
            throw error(from, "the closing " + quote + " is missing");
        }
        return close + 1;
    }

    private Token dollarString(int from) {
        if (at(from + 1) != '$') {
            throw error(from, "expected '$$'");
        }
        int close = text.indexOf("$$", from + 2);
        if (close < 0) {
            throw error(from, "the closing $$ is missing");
        }
        end = close + 2;
        return Token.STRING;
    }

    private Token word(int from) {
        int i = from;
        int hash = 0;
        while (i < length && isWordPart(text.charAt(i))) {
            hash = Token.hash(hash, text.charAt(i));
            i++;
        }
        end = i;
        char next = at(i);
        if (next == '-') {
            if (i - from == UUID_PREFIX && isHex(from, i)) {
                return uuid(from);
            }
        } else if (next == '(' && i - from == 4 && text.startsWith("expr", from)) {
            return two(Token.EXPRESSION);
        }
        if (text.charAt(from) == 'P' && i > from + 2) {
            int durationEnd = IsoDuration.endOfWord(text, from, i);
            if (durationEnd >= 0) {
                end = durationEnd;
                return Token.DURATION_LITERAL;
            }
        }
        return Token.ofWord(text, from, i, hash);
    }

    /**
     * A digit begins an integer, a float, a duration, a blob or a UUID. Up to the eighth character it may be the last: a
     * hexadecimal digit that none of the others can have there settles it.
     */
    private Token number(int from) {
        if (text.charAt(from) == '0' && (at(from + 1) | 0x20) == 'x') {
            int i = from + 2;
            while (isHexDigit(at(i))) {
                i++;
            }
            end = i;
            return Token.BLOB_LITERAL;
        }
        return looksLikeUuid(from) ? uuid(from) : signedNumber(from);
    }

    private boolean looksLikeUuid(int from) {
        int lettersFrom = -1;
        char last = 0;
        for (int i = from; i < from + UUID_PREFIX; i++) {
            char c = (char) (at(i) | 0x20);
            if (!isHexDigit(at(i))) {
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
            if (!isDigit(at(i))) {
                return isHexDigit(at(i));
            }
        }
        return at(from + 4) == '-';
    }

    private Token uuid(int from) {
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            char c = at(from + i);
            if (dash ? c != '-' : !isHexDigit(c)) {
                throw error(from, "malformed UUID");
            }
        }
        end = from + UUID_LENGTH;
        return Token.UUID_LITERAL;
    }

    private Token signedNumber(int from) {
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
            if (!isDigit(at(i))) {
                end = i;
                return Token.DURATION_LITERAL;
            }
            i = digits(i);
        }
    }

    private static boolean beginsUnit(char c) {
        char lower = (char) (c | 0x20);
        return (isLetter(c) && (lower == 'n' || lower == 'u')) || c == 'µ';
    }

    /** The length of the unit at an offset, or 0 if there is none. */
    private int durationUnit(int i) {
        char c = at(i);
        if (c != 'µ' && !isLetter(c)) {
            return 0;
        }
        char second = isLetter(at(i + 1)) ? (char) (at(i + 1) | 0x20) : 0;
        return switch (c == 'µ' ? 'u' : c | 0x20) {
            case 'y', 'w', 'd', 'h', 's' -> 1;
            case 'm' -> second == 'o' || second == 's' ? 2 : 1;
            case 'u', 'n' -> second == 's' ? 2 : 0;
            default -> 0;
        };
    }

    private int digits(int from) {
        int i = from;
        while (isDigit(at(i))) {
            i++;
        }
        return i;
    }

    /** The character at an offset; beyond the text one that is in no token but strings. */
    private char at(int i) {
        return i < length ? text.charAt(i) : 0;
    }

    private boolean isHex(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHexDigit(char c) {
        return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isWordPart(char c) {
        return isLetter(c) || isDigit(c) || c == '_';
    }

    private CqlSyntaxException error(int offset, String problem) {
        return CqlSyntaxException.at(text, offset, problem);
    }

    private static String printable(char c) {
        return c > ' ' && c < 0x7f ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }
}
