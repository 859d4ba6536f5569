package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.cassandra.CassandraGrammar;
import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict;
import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict.Accepted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Our parser beside Cassandra's own: statements written by hand, statements by chance, and broken ones of both.
 *
 * <p>A text is CQL if Cassandra's parser makes a statement of it. What it answers with a syntax error is none, whether the
 * grammar says so or an action in it (a property given twice, two assignments to a column). Where it stops for another
 * reason (two primary keys, a function of a keyspace that is not there) it has not read the rest, and what we say of the text
 * is not compared; a few such texts are written by hand, and are marked as CQL.
 *
 * <p>What we accept is printed. The printed text must be an equal statement for us, and for Cassandra one with all the same
 * in it, down to the last literal.
 *
 * <p>{@code -Dkawarau.seed=N -Dkawarau.statements=N} runs it with other statements and more of them.
 */
class CqlParserOracleTest {

    private static final long SEED = Long.getLong("kawarau.seed", 20261120L);
    private static final int STATEMENTS = Integer.getInteger("kawarau.statements", 3000);

    private final CassandraGrammar cassandra = CassandraGrammar.get();
    private final Differences differences = new Differences();
    private int accepted;
    private int undecided;

    @Test
    void ourParserTakesWhatCassandrasTakesAndMeansTheSame() {
        Map<String, String> statements = statements();

        statements.forEach(this::compare);

        System.out.printf(
                "%d statements from seed %d: Cassandra %s takes %d, does not say of %d%n",
                statements.size(), SEED, cassandra.version(), accepted, undecided);
        assertThat(statements).hasSizeGreaterThan(2000);
        assertThat(undecided).as("texts that say nothing").isLessThan(statements.size() / 50);
        assertThat(differences.isEmpty()).as("seed %d%s", SEED, differences).isTrue();
    }

    /** Each with where it comes from. */
    private static Map<String, String> statements() {
        Map<String, String> statements = new LinkedHashMap<>();
        for (Corpus.Entry entry : Corpus.read()) {
            statements.putIfAbsent(entry.cql(), entry.where());
        }
        for (Corpus.Entry entry : Corpus.read()) {
            long seed = SEED + statements.size();
            statements.putIfAbsent(StatementGenerator.broken(entry.cql(), seed), entry.where() + ", broken by " + seed);
        }
        for (long seed = SEED; seed < SEED + STATEMENTS; seed++) {
            statements.putIfAbsent(StatementGenerator.statement(seed), "seed " + seed);
            statements.putIfAbsent(StatementGenerator.broken(seed), "broken, seed " + seed);
        }
        return statements;
    }

    private void compare(String cql, String where) {
        Verdict verdict = cassandra.parse(cql);
        CqlStatement ours = null;
        String refusal = "";
        try {
            ours = CqlParser.parse(cql);
        } catch (CqlSyntaxException e) {
            refusal = e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            differences.add("we fail", where, cql, e);
            return;
        }
        if (verdict instanceof Accepted theirs) {
            accepted++;
            if (ours == null) {
                differences.add("we refuse, Cassandra accepts", where, cql, refusal);
            } else {
                comparePictures(cql, where, ours, theirs);
            }
        } else if (verdict instanceof Verdict.Undecided) {
            undecided++;
        } else if (ours != null && !Kinds.isCassandrasMistake(cql, (Verdict.Refused) verdict)) {
            differences.add("we accept, Cassandra refuses", where, cql, verdict);
        }
    }

    private void comparePictures(String cql, String where, CqlStatement ours, Accepted theirs) {
        if (!Kinds.cassandras(ours.operation()).equals(theirs.kind())) {
            differences.add("another kind", where, cql, ours.operation() + " and " + theirs.kind());
        }
        boolean named = !theirs.kind().equals("DESCRIBE");
        if (named && !Objects.equals(ours.keyspace(), theirs.keyspace())) {
            differences.add("another keyspace", where, cql, ours.keyspace() + " and " + theirs.keyspace());
        }
        if (named && !Objects.equals(ours.table(), theirs.table())) {
            differences.add("another table", where, cql, ours.table() + " and " + theirs.table());
        }
        comparePrinted(cql, where, ours, theirs);
        if (theirs.table() != null) {
            String moved = ours.withKeyspace("Moved").toCql();
            if (!(cassandra.parse(moved) instanceof Accepted it)
                    || !"Moved".equals(it.keyspace())
                    || !theirs.table().equals(it.table())
                    || theirs.markers() != it.markers()) {
                differences.add("moved, it is not in the other keyspace", where, cql, moved);
            }
        }
    }

    private void comparePrinted(String cql, String where, CqlStatement ours, Accepted theirs) {
        String printed = ours.toCql();
        try {
            CqlStatement again = CqlParser.parse(printed);
            if (!again.equals(ours)) {
                differences.add("printed, it is not equal for us", where, cql, printed + "\n    " + again.toCql());
            }
        } catch (CqlSyntaxException e) {
            differences.add("printed, it is no statement for us", where, cql, printed + "\n    " + e.getMessage());
        }
        Verdict printedVerdict = cassandra.parse(printed);
        if (!(printedVerdict instanceof Accepted it)) {
            differences.add(
                    "printed, it is no statement for Cassandra", where, cql, printed + "\n    " + printedVerdict);
        } else if (!it.equals(theirs)) {
            differences.add(
                    "printed, it is another statement for Cassandra",
                    where,
                    cql,
                    printed + "\n    " + Kinds.firstDifference(theirs.toString(), it.toString()));
        }
    }
}
