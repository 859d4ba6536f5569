package dev.kawarau.cql.statement;

/**
 * Finds the next token of a text. It keeps no place of its own, so that a parser can look again at what it has passed.
 *
 * <p>Cassandra's lexer decides what a token is by looking ahead no further than it must, and then insists: {@code
 * 1day}, {@code -nothing} and {@code deadbeef-1} are errors (half a UUID, a NaN, a UUID), not three, two and two tokens.
 * This one does the same.
 */
final class Lexer {
    private final String text;
    private final int length;
    private final NumberLexer numbers;
    private int start;
    private int end;

    Lexer(String text) {
        this.text = text;
        this.length = text.length();
        this.numbers = new NumberLexer(text);
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
            return ending(numbers.number(from));
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
            return ending(numbers.signed(from));
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

    private Token ending(Token number) {
        end = numbers.end();
        return number;
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
            if (numbers.isUuidPrefix(from, i)) {
                return ending(numbers.uuid(from));
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

    /** The character at an offset; beyond the text one that is in no token but strings. */
    private char at(int i) {
        return i < length ? text.charAt(i) : 0;
    }

    static boolean isHexDigit(char c) {
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
