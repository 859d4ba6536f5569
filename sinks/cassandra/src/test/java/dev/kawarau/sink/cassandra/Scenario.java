package dev.kawarau.sink.cassandra;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Something that a driver does in a keyspace of its own. */
record Scenario(String name, Consumer<Transcript> steps) {
    /** Those that need no more than a node with the defaults. */
    static List<Scenario> all() {
        return Stream.of(TypeScenarios.all(), StatementScenarios.all(), SchemaScenarios.all(), ErrorScenarios.all())
                .flatMap(List::stream)
                .toList();
    }

    /** All that a session saw in it. */
    List<String> play(Transcript transcript) {
        String keyspace = transcript.keyspace();
        transcript.session().execute("DROP KEYSPACE IF EXISTS " + keyspace);
        transcript.execute("CREATE KEYSPACE " + keyspace
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        transcript.execute("USE " + keyspace);
        try {
            steps.accept(transcript);
        } catch (RuntimeException failed) {
            transcript.note("ended by " + Transcript.exception(failed));
        }
        return transcript.lines();
    }

    String keyspace() {
        return "d_" + name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name;
    }
}
