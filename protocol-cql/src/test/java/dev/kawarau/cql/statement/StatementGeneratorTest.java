package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.cassandra.CassandraGrammar;
import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StatementGeneratorTest {

    private static final int STATEMENTS = 2000;

    private final CassandraGrammar cassandra = CassandraGrammar.get();

    @Test
    void nearlyAllOfItIsCqlAndOfEveryKind() {
        Set<String> kinds = new TreeSet<>();
        int accepted = 0;
        for (long seed = 0; seed < STATEMENTS; seed++) {
            if (cassandra.parse(StatementGenerator.statement(seed)) instanceof Verdict.Accepted it) {
                kinds.add(it.kind());
                accepted++;
            }
        }

        assertThat(accepted).isGreaterThan(STATEMENTS * 95 / 100);
        assertThat(kinds).hasSizeGreaterThan(35);
    }

    @Test
    void whatIsBrokenIsMostlyRefusedAndNotAlways() {
        int accepted = 0;
        for (long seed = 0; seed < STATEMENTS; seed++) {
            if (cassandra.accepts(StatementGenerator.broken(seed))) {
                accepted++;
            }
        }

        assertThat(accepted).isBetween(STATEMENTS / 50, STATEMENTS / 2);
    }
}
