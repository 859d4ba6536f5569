package dev.kawarau.cql.statement;

/** An operator between two values. */
public enum ArithmeticOperator {
    ADD('+'),
    SUBTRACT('-'),
    MULTIPLY('*'),
    DIVIDE('/'),
    REMAINDER('%');

    private final char symbol;

    ArithmeticOperator(char symbol) {
        this.symbol = symbol;
    }

    /** As CQL has it. */
    public char symbol() {
        return symbol;
    }
}
