package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kawarau.Query;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaStatementTest {

    @Test
    void partsOfATableAreWhatTheStatementSays() {
        assertThat(CqlParser.parse("CREATE TABLE IF NOT EXISTS ks.t (a int, b frozen<list<text>> STATIC, "
                        + "c ks.u MASKED WITH f(1), PRIMARY KEY ((a), b)) "
                        + "WITH CLUSTERING ORDER BY (b DESC) AND caching = {'keys': 'ALL'}"))
                .isEqualTo(new TableStatement.CreateTable(
                        true,
                        new QualifiedName("ks", "t"),
                        List.of(
                                new ColumnDefinition("a", CqlType.Native.INT, false, null),
                                new ColumnDefinition(
                                        "b", new CqlType.Frozen(new CqlType.ListOf(CqlType.Native.TEXT)), true, null),
                                new ColumnDefinition(
                                        "c",
                                        new CqlType.UserDefined(new QualifiedName("ks", "u")),
                                        false,
                                        new ColumnDefinition.Mask(
                                                QualifiedName.of("f"), List.of(Term.Literal.integer(1))))),
                        new PrimaryKey(List.of("a"), List.of("b")),
                        List.of(
                                new TableOption.ClusteringOrder(
                                        List.of(new TableOption.ClusteringOrder.Column("b", true))),
                                new Property(
                                        "caching",
                                        new Property.Value.MapOf(List.of(new Property.Entry(
                                                Term.Literal.string("keys"), Term.Literal.string("ALL"))))))));
    }

    @Test
    void aPrimaryKeyBehindItsColumnIsTheSameAsOneOfItsOwn() {
        assertThat(CqlParser.parse("CREATE TABLE t (a int PRIMARY KEY)"))
                .isEqualTo(CqlParser.parse("CREATE TABLE t (a int, PRIMARY KEY ((a)))"));
    }

    @Test
    void aPropertyWithoutQuotesIsAString() {
        assertThat(CqlParser.parse("ALTER TABLE t WITH caching = Keys"))
                .isEqualTo(CqlParser.parse("ALTER TABLE t WITH caching = 'Keys'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CREATE TABLE a.t (k int PRIMARY KEY) | a | t | CREATE TABLE b.t (k int, PRIMARY KEY (k))",
                "DROP TABLE t | `` | t | DROP TABLE b.t",
                "CREATE TYPE a.u (f int) | a | `` | CREATE TYPE b.u (f int)",
                "CREATE INDEX i ON a.t (c) | a | t | CREATE INDEX i ON b.t (c)",
                "DROP INDEX a.i | a | `` | DROP INDEX b.i",
                "CREATE MATERIALIZED VIEW a.v AS SELECT * FROM a.t PRIMARY KEY (k) | a | v | CREATE MATERIALIZED VIEW b.v AS SELECT * FROM b.t PRIMARY KEY (k)",
                "DROP FUNCTION a.f | a | `` | DROP FUNCTION b.f",
                "CREATE TRIGGER x ON a.t USING 'y' | a | t | CREATE TRIGGER x ON b.t USING 'y'",
                "DROP KEYSPACE a | a | `` | DROP KEYSPACE b",
                "GRANT SELECT ON a.t TO r | a | t | GRANT SELECT ON TABLE b.t TO r",
                "DESCRIBE TABLE a.t | a | t | DESCRIBE TABLE b.t",
                "DESCRIBE CLUSTER | `` | `` | DESCRIBE CLUSTER"
            })
    void aStatementMovesToAnotherKeyspace(String cql, String keyspace, String table, String moved) {
        CqlStatement statement = CqlParser.parse(cql);
        assertThat(statement.keyspace()).isEqualTo(keyspace.isEmpty() ? null : keyspace);
        assertThat(statement.table()).isEqualTo(table.isEmpty() ? null : table);
        assertThat(statement.withKeyspace("b")).hasToString(moved);
    }

    @Test
    void whatChangesTheSchemaIsOfThatKind() {
        CqlStatement statement = CqlParser.parse("DROP MATERIALIZED VIEW v");
        assertThat(statement.kind()).isEqualTo(Query.Kind.SCHEMA);
        assertThat(statement.operation()).isEqualTo("DROP MATERIALIZED VIEW");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE SCHEMA ks WITH a = 1",
                "CREATE KEYSPACE ks",
                "CREATE KEYSPACE ks WITH a = 1 AND A = 2",
                "CREATE KEYSPACE ks WITH a = {'b': 1, 'b': 2}",
                "CREATE KEYSPACE ks WITH a = {'b': ?}",
                "CREATE KEYSPACE ks WITH a = {'b': null}",
                "CREATE TABLE t ()",
                "CREATE TABLE t (a int, a int)",
                "CREATE TABLE t (a int PRIMARY KEY, PRIMARY KEY (a))",
                "CREATE TABLE t (a frozen<int>)",
                "CREATE TABLE t (a vector<int, 99999999999>)",
                "CREATE TABLE t (a byte)",
                "CREATE TABLE t (a set)",
                "CREATE TABLE t (\"\" int)",
                "CREATE TABLE t (a int) WITH CLUSTERING ORDER BY (a)",
                "CREATE TABLE a LIKE b",
                "ALTER TABLE t DROP a USING TIMESTAMP ?",
                "ALTER TABLE t DROP a USING TIMESTAMP 99999999999999999999",
                "CREATE TYPE int (a int)",
                "CREATE INDEX ks.i ON t (a)",
                "CREATE MATERIALIZED VIEW v AS SELECT * FROM t PRIMARY KEY (a) WITH COMPACT STORAGE",
                "CREATE FUNCTION f () CALLED ON NULL INPUT RETURNS int LANGUAGE key AS ''",
                "CREATE",
                "CREATE THING x",
                "DROP"
            })
    void whatTheServerRefusesIsRefused(String cql) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> CqlParser.parse(cql));
    }
}
