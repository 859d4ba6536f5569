package dev.kawarau.cql;

import dev.kawarau.cql.statement.CqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What a text says.
 *
 * @param statement null if it could not be parsed
 * @param keys where the keys come from; worked out when it is first asked for
 */
record Parsed(String text, @Nullable CqlStatement statement, KeyPlan.Kept keys) {
    Parsed(String text, @Nullable CqlStatement statement) {
        this(text, statement, new KeyPlan.Kept());
    }

    /** Memory that it takes, in bytes and roughly: an object for every few characters. */
    int weight() {
        return 256 + 16 * text.length();
    }
}
