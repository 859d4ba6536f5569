package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Query;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectTest {

    @Test
    void partsOfASelectAreWhatTheStatementSays() {
        Select select = parse("SELECT a, max(b) AS most FROM ks.t WHERE k = 1 AND c > ? GROUP BY c ORDER BY c DESC "
                + "PER PARTITION LIMIT 2 LIMIT :n ALLOW FILTERING");

        assertThat(select.selections())
                .containsExactly(
                        new Selection(new Selector.Column("a"), null),
                        new Selection(
                                new Selector.Call(QualifiedName.of("max"), List.of(new Selector.Column("b"))), "most"));
        assertThat(select.from()).isEqualTo(new QualifiedName("ks", "t"));
        assertThat(select.where())
                .containsExactly(
                        compare("k", Relation.Operator.EQUAL, Term.Literal.integer(1)),
                        compare("c", Relation.Operator.GREATER, new Term.Marker(0, null)));
        assertThat(select.groupBy()).containsExactly(new Selector.Column("c"));
        assertThat(select.orderBy()).containsExactly(new Select.Ordering("c", null, true));
        assertThat(select.perPartitionLimit()).isEqualTo(Term.Literal.integer(2));
        assertThat(select.limit()).isEqualTo(new Term.Marker(1, "n"));
        assertThat(select.allowFiltering()).isTrue();
    }

    @Test
    void aSelectReadsOneTable() {
        Select select = parse("select * from KS.T");
        assertThat(select.operation()).isEqualTo("SELECT");
        assertThat(select.kind()).isEqualTo(Query.Kind.READ);
        assertThat(select.keyspace()).isEqualTo("ks");
        assertThat(select.table()).isEqualTo("t");
    }

    @Test
    void aStarSelectsAllColumnsAndSoDoNone() {
        assertThat(parse("SELECT * FROM t").selections()).isEmpty();
        assertThat(parse("SELECT a FROM t").withSelections(List.of())).hasToString("SELECT * FROM t");
    }

    @Test
    void aSelectOfAnotherTableIsTheSameOtherwise() {
        Select select = parse("SELECT a FROM t WHERE k = ?");
        assertThat(select.withKeyspace("Other")).hasToString("SELECT a FROM \"Other\".t WHERE k = ?");
        assertThat(select.withFrom(QualifiedName.of("u"))).hasToString("SELECT a FROM u WHERE k = ?");
    }

    @Test
    void operatorsBindAsInArithmeticAndFromTheLeft() {
        Selector selector = selector("a - b * 2 - c");
        assertThat(selector)
                .isEqualTo(new Selector.Arithmetic(
                        new Selector.Column("a"),
                        List.of(
                                new Selector.Arithmetic.Step(
                                        ArithmeticOperator.SUBTRACT,
                                        new Selector.Arithmetic(
                                                new Selector.Column("b"),
                                                List.of(new Selector.Arithmetic.Step(
                                                        ArithmeticOperator.MULTIPLY,
                                                        new Selector.Value(Term.Literal.integer(2)))))),
                                new Selector.Arithmetic.Step(ArithmeticOperator.SUBTRACT, new Selector.Column("c")))));
    }

    @Test
    void aPathGoesFromTheOuterToTheInnerPart() {
        assertThat(selector("a.b['k'][1..2]"))
                .isEqualTo(new Selector.Path(
                        new Selector.Column("a"),
                        List.of(
                                new Selector.Part.Field("b"),
                                new Selector.Part.Element(Term.Literal.string("k")),
                                new Selector.Part.Slice(Term.Literal.integer(1), Term.Literal.integer(2)))));
    }

    @Test
    void aPointBeforeAParenthesisIsThatOfAFunction() {
        assertThat(selector("a.b(c)"))
                .isEqualTo(new Selector.Call(new QualifiedName("a", "b"), List.of(new Selector.Column("c"))));
        assertThat(selector("a.b"))
                .isEqualTo(new Selector.Path(new Selector.Column("a"), List.of(new Selector.Part.Field("b"))));
    }

    @Test
    void aTypeInParenthesesIsAHintIfAnOperandFollows() {
        Selector hint = new Selector.TypeHint(CqlType.Native.INT, new Selector.Column("a"));
        assertThat(selector("(int) a")).isEqualTo(hint);
        assertThat(selector("(int)[1]")).isInstanceOf(Selector.TypeHint.class);
        assertThat(selector("(int)[1..2]")).isInstanceOf(Selector.Path.class);
        assertThat(selector("(int) - a")).isInstanceOf(Selector.Arithmetic.class);
        assertThat(selector("(int)")).isInstanceOf(Selector.Tuple.class);
        assertThat(parse("SELECT (int) AS x FROM t").selections().get(0).alias())
                .isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "json + 1", "json AS x", "json, a", "json.a", "json[1..2]"})
    void jsonIsAColumnUnlessASelectorFollows(String selectors) {
        assertThat(parse("SELECT " + selectors + " FROM t").json()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"json *", "json a", "json - json", "json (a)", "json[1]", "json distinct a"})
    void jsonIsTheFormOfTheAnswerIfASelectorFollows(String selectors) {
        assertThat(parse("SELECT " + selectors + " FROM t").json()).isTrue();
    }

    @Test
    void parenthesesAroundARelationMeanNothing() {
        assertThat(parse("SELECT * FROM t WHERE ((a = 1)) AND (b = 2)"))
                .isEqualTo(parse("SELECT * FROM t WHERE a = 1 AND b = 2"));
    }

    @Test
    void aMarkerForAllValuesIsNotAListOfOne() {
        assertThat(parse("SELECT * FROM t WHERE a IN ? AND b IN (?)").where())
                .containsExactly(
                        new Relation.In(
                                new ColumnPath.Column("a"), new Relation.Values.Bound(new Term.Marker(0, null))),
                        new Relation.In(
                                new ColumnPath.Column("b"),
                                new Relation.Values.Listed(List.of(new Term.Marker(1, null)))));
    }

    @Test
    void aVectorSearchKeepsTheVector() {
        Select select = parse("SELECT a FROM t ORDER BY v ANN OF [1.0, 2] LIMIT 3");
        Term vector =
                new Term.ListOf(List.of(new Term.Literal(Term.Literal.Kind.FLOAT, "1.0"), Term.Literal.integer(2)));
        assertThat(select.orderBy()).containsExactly(new Select.Ordering("v", vector, false));
    }

    private static Relation compare(String column, Relation.Operator operator, Term right) {
        return new Relation.Comparison(new ColumnPath.Column(column), operator, right);
    }

    private static Selector selector(String cql) {
        return parse("SELECT " + cql + " FROM t").selections().get(0).selector();
    }

    private static Select parse(String cql) {
        return (Select) CqlParser.parse(cql);
    }
}
