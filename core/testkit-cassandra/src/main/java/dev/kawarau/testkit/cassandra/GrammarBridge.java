package dev.kawarau.testkit.cassandra;

import java.util.function.Function;
import org.antlr.runtime.RecognitionException;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.cql3.CQLFragmentParser;
import org.apache.cassandra.cql3.CqlParser;

/**
 * Cassandra's parser, for callers that do not see its classes. Lives beside Cassandra, behind a class loader; both ends know
 * the JDK only.
 */
final class GrammarBridge implements Function<String, Object> {

    GrammarBridge() {
        // Parsing a type or a role makes Cassandra look at its settings.
        DatabaseDescriptor.clientInitialization(false);
    }

    /** The raw statement. What is wrong with the text comes as an exception of Cassandra's. */
    @Override
    public Object apply(String cql) {
        try {
            return CQLFragmentParser.parseAnyUnhandled(CqlParser::query, cql);
        } catch (RecognitionException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
