package dev.kawarau.cql.statement;

/** Where a parser is in a text: the token that comes next, and as many after it as it asks for. */
final class Cursor {
    /**
     * How deep brackets, types and signs may nest. Deeper ones are refused, since parsing, printing and comparing all
     * recurse, and have to live in small stacks.
     */
    static final int MAX_DEPTH = 40;

    /** A power of two, more than any decision needs to see. */
    private static final int WINDOW = 8;

    private final String text;
    private final Lexer lexer;
    private final Token[] tokens = new Token[WINDOW];
    private final int[] starts = new int[WINDOW];
    private final int[] ends = new int[WINDOW];
    private int first;
    private int count;
    private int scanned;

    private Token token;
    private int start;
    private int end;

    private int depth;
    private int markers;

    Cursor(String text) {
        this.text = text;
        this.lexer = new Lexer(text);
        this.token = lexer.next(0);
        this.start = lexer.start();
        this.end = lexer.end();
        this.scanned = end;
    }

    /** The token that comes next. */
    Token token() {
        return token;
    }

    boolean at(Token wanted) {
        return token == wanted;
    }

    /** The token so many after the next, at most 7. */
    Token peek(int ahead) {
        while (count < ahead) {
            int slot = (first + count) & (WINDOW - 1);
            tokens[slot] = lexer.next(scanned);
            starts[slot] = lexer.start();
            ends[slot] = lexer.end();
            scanned = lexer.end();
            count++;
        }
        return tokens[(first + ahead - 1) & (WINDOW - 1)];
    }

    void advance() {
        if (count == 0) {
            token = lexer.next(scanned);
            start = lexer.start();
            end = lexer.end();
            scanned = end;
        } else {
            token = tokens[first];
            start = starts[first];
            end = ends[first];
            first = (first + 1) & (WINDOW - 1);
            count--;
        }
    }

    /** Passes the token if it comes next. */
    boolean accept(Token wanted) {
        if (token != wanted) {
            return false;
        }
        advance();
        return true;
    }

    /** Passes two tokens that make sense together only; a lone first one is an error. */
    boolean accept(Token wanted, Token then) {
        if (token != wanted) {
            return false;
        }
        advance();
        expect(then);
        return true;
    }

    void expect(Token wanted) {
        if (token != wanted) {
            throw unexpected(wanted.description());
        }
        advance();
    }

    /** A place to {@linkplain #reset come back to}. */
    int mark() {
        return start;
    }

    void reset(int mark) {
        scanned = mark;
        count = 0;
        advance();
    }

    /** Goes one level deeper into brackets; {@link #leave} comes out again. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    /** The position of a bind marker that was found now. */
    int nextMarker() {
        return markers++;
    }

    /** The token as it is written. */
    String source() {
        return text.substring(start, end);
    }

    /** Passes a word and gives it in lower case. Only ASCII letters are words. */
    String takeFolded() {
        int upper = start;
        while (upper < end && !isUpper(text.charAt(upper))) {
            upper++;
        }
        String word = source();
        if (upper < end) {
            char[] folded = word.toCharArray();
            for (int i = upper - start; i < folded.length; i++) {
                if (isUpper(folded[i])) {
                    folded[i] = (char) (folded[i] | 0x20);
                }
            }
            word = new String(folded);
        }
        advance();
        return word;
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    /** Passes a token and gives it as it is written. */
    String takeSource() {
        String source = source();
        advance();
        return source;
    }

    /** Passes a string or a quoted name and gives what is in its quotes. */
    String takeQuoted() {
        String content;
        char quote = text.charAt(start);
        if (quote == '$') {
            content = text.substring(start + 2, end - 2);
        } else {
            content = text.substring(start + 1, end - 1);
            if (content.indexOf(quote) >= 0) {
                content = content.replace(quote == '\'' ? "''" : "\"\"", String.valueOf(quote));
            }
        }
        advance();
        return content;
    }

    CqlSyntaxException unexpected(String expected) {
        String found = token == Token.END ? "the end of the statement" : '\'' + abbreviated() + '\'';
        return error("expected " + expected + ", found " + found);
    }

    private String abbreviated() {
        return end - start <= 40 ? source() : text.substring(start, start + 40) + "...";
    }

    /** A problem with the token that comes next. */
    CqlSyntaxException error(String problem) {
        return CqlSyntaxException.at(text, start, problem);
    }

    CqlSyntaxException errorAt(int mark, String problem) {
        return CqlSyntaxException.at(text, mark, problem);
    }
}
