package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.cassandra.CassandraGrammar;
import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusTest {

    @Test
    void cassandraTakesWhatIsMarkedAsCqlAndNothingElse() {
        CassandraGrammar cassandra = CassandraGrammar.get();

        List<String> wrong = Corpus.read().stream()
                .filter(entry -> entry.accepted() == cassandra.parse(entry.cql()) instanceof Verdict.Refused)
                .map(entry -> entry + " " + cassandra.parse(entry.cql()))
                .toList();

        assertThat(wrong).isEmpty();
    }
}
