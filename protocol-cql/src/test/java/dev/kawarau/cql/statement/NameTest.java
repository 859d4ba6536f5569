package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "Users, users",
                "\"Users\", Users",
                "\"a\"\"b\", a\"b",
                "\"\u00e4 \", \u00e4 ",
                "TIMESTAMP, timestamp",
                "Key, key"
            })
    void aNameIsInLowerCaseUnlessItIsQuoted(String written, String real) {
        assertThat(CqlParser.parse("USE " + written).keyspace())
                .isEqualTo(real.strip().equals("\u00e4") ? "\u00e4 " : real);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "users, users",
                "u_1, u_1",
                "Users, \"Users\"",
                "a\"b, \"a\"\"b\"",
                "1a, \"1a\"",
                "_a, \"_a\"",
                "\u00e4, \"\u00e4\"",
                "select, \"select\"",
                "table, \"table\"",
                "true, \"true\"",
                "nan, \"nan\"",
                "as, \"as\"",
                "key, key",
                "timestamp, timestamp"
            })
    void aNameIsPrintedInQuotesOnlyIfItMustBe(String real, String printed) {
        assertThat(new Use(real)).hasToString("USE " + printed);
        assertThat(CqlParser.parse("USE " + printed)).isEqualTo(new Use(real));
    }

    @ParameterizedTest
    @ValueSource(strings = {"select", "table", "set", "token", "true", "nan", "\"\"", "?", "'a'", "1a", ""})
    void whatIsNoNameIsRefused(String name) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> CqlParser.parse("USE " + name));
    }

    @Test
    void aColumnOfDataMayHaveAnEmptyName() {
        CqlStatement statement = CqlParser.parse("INSERT INTO t (\"\") VALUES (1)");
        assertThat(((Insert) statement).columns()).containsExactly("");
        assertThat(statement).hasToString("INSERT INTO t (\"\") VALUES (1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"between", "check", "generated", "superusers", "indexes", "offset", "value"})
    void aKeywordOfNoServerYetIsAName(String name) {
        assertThat(CqlParser.parse("USE " + name)).hasToString("USE " + name);
    }

    @Test
    void aFunctionThatIsCalledAsAKeywordKeepsItsCase() {
        CqlStatement statement = CqlParser.parse("INSERT INTO t (a, b) VALUES (Filtering(1), Now())");
        assertThat(statement).hasToString("INSERT INTO t (a, b) VALUES (\"Filtering\"(1), now())");
    }

    @Test
    void aColumnThatWouldBeTakenForAModifierIsQuoted() {
        assertThat(CqlParser.parse("SELECT \"json\"[1], json FROM t")).hasToString("SELECT \"json\"[1], json FROM t");
        assertThat(CqlParser.parse("SELECT JSON distinct FROM t")).hasToString("SELECT JSON \"distinct\" FROM t");
        assertThat(CqlParser.parse("SELECT jsonb FROM t")).hasToString("SELECT jsonb FROM t");
    }

    @Test
    void aFunctionCalledExprIsQuotedSinceItWouldBeACondition() {
        CqlStatement statement = CqlParser.parse("SELECT \"expr\"(a), Expr (b) FROM t");
        assertThat(statement).hasToString("SELECT \"expr\"(a), \"expr\"(b) FROM t");
    }
}
