package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kawarau.Query;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModificationTest {

    @Test
    void partsOfAnInsertAreWhatTheStatementSays() {
        assertThat(CqlParser.parse("INSERT INTO ks.t (a, \"B\") VALUES (?, 'it''s') IF NOT EXISTS USING TTL 9"))
                .isEqualTo(new Insert(
                        new QualifiedName("ks", "t"),
                        List.of("a", "B"),
                        List.of(new Term.Marker(0, null), Term.Literal.string("it's")),
                        true,
                        List.of(new UsingOption(UsingOption.Kind.TTL, Term.Literal.integer(9)))));
    }

    @Test
    void markersCountInTheOrderInWhichTheyAppear() {
        assertThat(CqlParser.parse("UPDATE t USING TTL ? SET a = ?, b[:i] = :v WHERE k IN ? IF c = ?"))
                .isEqualTo(new Update(
                        QualifiedName.of("t"),
                        List.of(new UsingOption(UsingOption.Kind.TTL, new Term.Marker(0, null))),
                        List.of(
                                new Assignment.Set(new ColumnPath.Column("a"), new Term.Marker(1, null)),
                                new Assignment.Set(
                                        new ColumnPath.Element("b", new Term.Marker(2, "i")), new Term.Marker(3, "v"))),
                        List.of(new Relation.In(
                                new ColumnPath.Column("k"), new Relation.Values.Bound(new Term.Marker(4, null)))),
                        false,
                        List.of(new Relation.Comparison(
                                new ColumnPath.Column("c"), Relation.Operator.EQUAL, new Term.Marker(5, null)))));
    }

    @Test
    void allFormsOfAnAssignmentAreToldApart() {
        Term one = Term.Literal.integer(1);
        assertThat(assignments("a = 1, b = b + 1, c = c - 1, d = 1 + d, e[1] = 1, f.g = 1"))
                .containsExactly(
                        new Assignment.Set(new ColumnPath.Column("a"), one),
                        new Assignment.Add("b", one),
                        new Assignment.Subtract("c", one),
                        new Assignment.Prepend("d", one),
                        new Assignment.Set(new ColumnPath.Element("e", one), one),
                        new Assignment.Set(new ColumnPath.Field("f", "g"), one));
        assertThat(assignments("a += 1, b -= 1"))
                .containsExactly(new Assignment.Add("a", one), new Assignment.Subtract("b", one));
    }

    @Test
    void aMinusThatTouchesANumberBelongsToIt() {
        assertThat(assignments("a = a -1")).containsExactly(new Assignment.Add("a", Term.Literal.integer(-1)));
        assertThat(assignments("a = a - 1")).containsExactly(new Assignment.Subtract("a", Term.Literal.integer(1)));
    }

    @Test
    void aSumBeforeTheColumnIsPrependedAsAWhole() {
        assertThat(assignments("a = 1 + 2 + a").get(0)).isInstanceOf(Assignment.Prepend.class);
        assertThat(assignments("a = 1 + a(2)").get(0)).isInstanceOf(Assignment.Set.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a = b + 1", "a = 1 + b", "a = 1, a = 2", "a = 1, a[1] = 2", "a.b = 1, a.b = 2", "a = a"})
    void assignmentsThatContradictEachOtherAreRefused(String assignments) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> assignments(assignments));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a = a + 1, a = a - 2", "a[1] = 1, a[2] = 2", "a.b = 1, a.c = 2", "a[1] = 1, a = a + 2"})
    void oneColumnMayChangeMoreThanOnce(String assignments) {
        assertThat(assignments(assignments)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO t (a) VALUES (1) | WRITE",
                "INSERT INTO t (a) VALUES (1) IF NOT EXISTS | READ_WRITE",
                "INSERT INTO t JSON ? IF NOT EXISTS | READ_WRITE",
                "UPDATE t SET a = 1 WHERE k = 1 | WRITE",
                "UPDATE t SET a = 1 WHERE k = 1 IF a = 2 | READ_WRITE",
                "DELETE FROM t WHERE k = 1 | WRITE",
                "DELETE FROM t WHERE k = 1 IF EXISTS | READ_WRITE",
                "BEGIN BATCH DELETE FROM t WHERE k = 1 IF EXISTS; APPLY BATCH | READ_WRITE",
                "TRUNCATE t | WRITE",
                "USE ks | SESSION"
            })
    void aConditionMakesAWriteReadToo(String cql, Query.Kind kind) {
        assertThat(CqlParser.parse(cql).kind()).isEqualTo(kind);
    }

    @Test
    void existsIsAConditionUnlessItIsComparedWithSomething() {
        Delete exists = (Delete) CqlParser.parse("DELETE FROM t WHERE k = 1 IF EXISTS");
        assertThat(exists.ifExists()).isTrue();
        Delete column = (Delete) CqlParser.parse("DELETE FROM t WHERE k = 1 IF exists = 1");
        assertThat(column.ifExists()).isFalse();
        assertThat(column.conditions()).hasSize(1);
    }

    @Test
    void aBatchHasAKeyspaceAndATableIfItsStatementsAgree() {
        CqlStatement same = CqlParser.parse(
                "BEGIN BATCH DELETE FROM ks.t WHERE k = 1; UPDATE ks.t SET a = 1 WHERE k = 2 APPLY BATCH");
        assertThat(same.keyspace()).isEqualTo("ks");
        assertThat(same.table()).isEqualTo("t");

        CqlStatement other =
                CqlParser.parse("BEGIN BATCH DELETE FROM ks.t WHERE k = 1; DELETE FROM ks.u WHERE k = 2 APPLY BATCH");
        assertThat(other.keyspace()).isEqualTo("ks");
        assertThat(other.table()).isNull();
    }

    @Test
    void aBatchMovesToAnotherKeyspaceAsAWhole() {
        CqlStatement batch = CqlParser.parse("BEGIN UNLOGGED BATCH DELETE FROM a.t WHERE k = 1 APPLY BATCH");
        assertThat(batch.withKeyspace("b"))
                .hasToString("BEGIN UNLOGGED BATCH DELETE FROM b.t WHERE k = 1; APPLY BATCH");
    }

    private static List<Assignment> assignments(String cql) {
        return ((Update) CqlParser.parse("UPDATE t SET " + cql + " WHERE k = 1")).assignments();
    }
}
