package dev.kawarau.cql.statement;

/**
 * A text that is no statement of CQL. It carries no stack trace: hostile input must not be dear to refuse.
 */
public final class CqlSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final int offset;

    private CqlSyntaxException(String message, int line, int column, int offset) {
        super(message, null, false, false);
        this.line = line;
        this.column = column;
        this.offset = offset;
    }

    static CqlSyntaxException at(String text, int offset, String problem) {
        int line = 1;
        int lineStart = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
            line++;
            lineStart = i + 1;
        }
        int column = offset - lineStart;
        return new CqlSyntaxException("line " + line + ":" + column + " " + problem, line, column, offset);
    }

    /** The line that the problem is in; the first is 1. */
    public int line() {
        return line;
    }

    /** Characters of the line before the problem. */
    public int column() {
        return column;
    }

    /** Characters of the text before the problem. */
    public int offset() {
        return offset;
    }
}
