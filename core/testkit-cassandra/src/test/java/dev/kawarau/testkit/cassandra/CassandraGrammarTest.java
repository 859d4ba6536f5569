package dev.kawarau.testkit.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraGrammarTest {

    private final CassandraGrammar grammar = CassandraGrammar.get();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "SELECT * FROM k.t WHERE a = ? AND b IN (?, :c) | SELECT | k | t | 3",
                "INSERT INTO t (a) VALUES (?) | INSERT | - | t | 1",
                "INSERT INTO k.t JSON '{}' | INSERT | k | t | 0",
                "UPDATE K.\"T\" SET a = 1 WHERE b = 2 | UPDATE | k | T | 0",
                "DELETE FROM t WHERE a = 1 | DELETE | - | t | 0",
                "BEGIN BATCH INSERT INTO k.t (a) VALUES (?) DELETE FROM k.t WHERE a = ? APPLY BATCH | BATCH | k | t | 2",
                "BEGIN BATCH INSERT INTO k.t (a) VALUES (1) DELETE FROM k.u WHERE a = 2 APPLY BATCH | BATCH | k | - | 0",
                "USE k | USE | k | - | 0",
                "CREATE TABLE k.t (a int PRIMARY KEY) | CREATE TABLE | k | t | 0",
                "ALTER TABLE k.t ADD b vector<float, 3> | ALTER TABLE | k | t | 0",
                "CREATE MATERIALIZED VIEW k.v AS SELECT * FROM l.t PRIMARY KEY (a) | CREATE VIEW | k | v | 0",
                "CREATE TYPE k.u (a int) | CREATE TYPE | k | - | 0",
                "CREATE INDEX i ON k.t (a) | CREATE INDEX | k | t | 0",
                "DROP KEYSPACE k | DROP KEYSPACE | k | - | 0",
                "CREATE ROLE r WITH PASSWORD = 'p' AND ACCESS TO DATACENTERS {'a'} | CREATE ROLE | - | - | 0",
                "GRANT SELECT ON k.t TO r | GRANT PERMISSIONS | k | t | 0",
                "DESCRIBE TABLE k.t | DESCRIBE | - | - | 0",
            })
    void aStatementIsToldByItsKindAndWhatItNames(String cql, String kind, String keyspace, String table, int markers) {
        assertThat(grammar.parse(cql)).isInstanceOfSatisfying(Verdict.Accepted.class, it -> {
            assertThat(it.kind()).isEqualTo(kind);
            assertThat(it.keyspace()).isEqualTo(keyspace);
            assertThat(it.table()).isEqualTo(table);
            assertThat(it.markers()).isEqualTo(markers);
        });
    }

    @Test
    void textsOfTheSameMeaningHaveTheSameStructure() {
        assertThat(structure("select A from T where B=1 limit 5;"))
                .isEqualTo(structure("SELECT a /* it */ FROM \"t\" WHERE b = 1 LIMIT 5"))
                .isNotEqualTo(structure("SELECT a FROM t WHERE b = 1 LIMIT 6"))
                .isNotEqualTo(structure("SELECT a FROM t WHERE b < 1 LIMIT 5"))
                .isNotEqualTo(structure("SELECT a AS c FROM t WHERE b = 1 LIMIT 5"));
        assertThat(structure("DESCRIBE TABLE t"))
                .isEqualTo(structure("desc table T"))
                .isNotEqualTo(structure("DESCRIBE INDEX t"));
    }

    @Test
    void whatIsNoStatementIsRefused() {
        assertThat(grammar.parse("SELECT FROM t")).isInstanceOf(Verdict.Refused.class);
        assertThat(grammar.parse("")).isInstanceOf(Verdict.Refused.class);
        assertThat(grammar.parse("CREATE TABLE t (a vector<float, 99999999999>)"))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(grammar.accepts("SELECT a FROM t;")).isTrue();
    }

    @Test
    void noClassOfItIsSeenFromHere() {
        ClassLoader there = grammar.parseOnly("USE k").getClass().getClassLoader();

        assertThat(there).isNotSameAs(getClass().getClassLoader());
        assertThat(there.getParent()).isSameAs(ClassLoader.getPlatformClassLoader());
    }

    private String structure(String cql) {
        return ((Verdict.Accepted) grammar.parse(cql)).structure();
    }
}
