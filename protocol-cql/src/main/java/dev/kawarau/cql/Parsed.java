package dev.kawarau.cql;

import dev.kawarau.cql.statement.CqlParser;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.cql.statement.CqlSyntaxException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a text says.
 *
 * @param statement null if it could not be parsed
 * @param keys where the keys come from; worked out when it is first asked for
 */
record Parsed(String text, @Nullable CqlStatement statement, KeyPlan.Kept keys) {
    private static final Logger log = LoggerFactory.getLogger(Parsed.class);

    static Parsed of(String text) {
        CqlStatement statement = null;
        try {
            statement = CqlParser.parse(text);
        } catch (CqlSyntaxException notUnderstood) {
            log.debug("a statement is passed on and not understood: {}", notUnderstood.getMessage());
        }
        return new Parsed(text, statement, new KeyPlan.Kept());
    }

    /** Memory that it takes, in bytes and roughly: an object for every few characters. */
    int weight() {
        return 256 + 16 * text.length();
    }
}
