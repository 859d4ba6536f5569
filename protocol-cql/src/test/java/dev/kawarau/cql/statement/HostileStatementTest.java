package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileStatementTest {
    private static final long SMALL_STACK_BYTES = 256 << 10;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "INSERT INTO t (a) VALUES ( | [ | 1 | ] | )",
                "INSERT INTO t (a) VALUES ( | { | 1 | } | )",
                "INSERT INTO t (a) VALUES ( | ( | 1 | ) | )",
                "INSERT INTO t (a) VALUES ( | {a: | 1 | } | )",
                "INSERT INTO t (a) VALUES ( | f( | 1 | ) | )",
                "INSERT INTO t (a) VALUES ( | (int) | 1 | `` | )",
                "INSERT INTO t (a) VALUES ( | cast( | 1 | as int) | )",
                "INSERT INTO t (a) VALUES ( | (list<int>) [ | 1 | ] | )",
                "INSERT INTO t (a) VALUES (( | frozen<list< | int | >> | ) 1)",
                "SELECT | ( | a | ) | FROM t",
                "SELECT | - ( | a | ) | FROM t",
                "SELECT | - | a | `` | FROM t",
                "SELECT | (int) | a | `` | FROM t",
                "SELECT | {a: [ | a | ]} | FROM t",
                "SELECT | f(1 + | a | ) | FROM t",
                "SELECT | cast( | a | as int) | FROM t",
                "SELECT | (a)[ | a | ] | FROM t",
                "SELECT a[ | ( | 1 | ) | ..2] FROM t",
                "SELECT * FROM t WHERE a = | [ | 1 | ] | ``",
            })
    void whatNestsTooDeepIsRefusedAndWhatMayNestCanBeUsedInASmallStack(
            String start, String open, String middle, String close, String end) throws Exception {
        String deep = start + ' ' + (open + ' ').repeat(100_000) + middle + (' ' + close).repeat(100_000) + ' ' + end;
        assertThatExceptionOfType(CqlSyntaxException.class)
                .isThrownBy(() -> inSmallStack(() -> CqlParser.parse(deep)))
                .withMessageContaining("nested deeper");

        inSmallStack(() -> {
            CqlStatement statement = deepestThatParses(start, open, middle, close, end);
            CqlStatement again = CqlParser.parse(statement.toCql());
            assertThat(again.equals(statement)).isTrue();
            assertThat(again.hashCode()).isEqualTo(statement.hashCode());
            return again;
        });
    }

    private static CqlStatement deepestThatParses(String start, String open, String middle, String close, String end) {
        CqlSyntaxException refusal = null;
        for (int levels = Cursor.MAX_DEPTH; levels > 10; levels--) {
            try {
                return CqlParser.parse(
                        start + ' ' + (open + ' ').repeat(levels) + middle + (' ' + close).repeat(levels) + ' ' + end);
            } catch (CqlSyntaxException e) {
                refusal = e;
            }
        }
        throw new AssertionError("nothing parses", refusal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT a | + a | FROM t",
                "SELECT a | .a | FROM t",
                "SELECT a | [1] | FROM t",
                "SELECT a | , (a)[1] | FROM t",
                "SELECT a FROM t WHERE b = 1 | AND (b = 1) | ``",
                "UPDATE t SET a0 = 1 | , a = a + 1 | WHERE k = 1",
                "INSERT INTO t (a) VALUES (1 | - 1 | )",
                "INSERT INTO t (a) VALUES ('' | '' | )",
                "SELECT a | /* */ | FROM t",
                "SELECT a FROM t | ; | ``",
                "BEGIN BATCH | DELETE FROM t WHERE k = 1; | APPLY BATCH"
            })
    void whatIsLongButNotDeepCanBeUsedInASmallStack(String start, String repeated, String end) throws Exception {
        String cql = start + ' ' + (repeated + ' ').repeat(100_000) + end;
        inSmallStack(() -> {
            CqlStatement statement = CqlParser.parse(cql.replace("'' ", "''"));
            CqlStatement again = CqlParser.parse(statement.toCql());
            assertThat(again.equals(statement)).isTrue();
            assertThat(again.hashCode()).isEqualTo(statement.hashCode());
            return again;
        });
    }

    @Test
    void anyNumberOfParenthesesAroundARelationIsFine() throws Exception {
        String cql = "SELECT * FROM t WHERE " + "(".repeat(100_000) + "a = 1" + ")".repeat(100_000);
        assertThat(inSmallStack(() -> CqlParser.parse(cql))).hasToString("SELECT * FROM t WHERE a = 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "\udc00\ud800", "\0", "\uffff", "a\0", "SELECT \ud83d\ude00 FROM t", "\u0085"})
    void whatNoTokenBeginsWithIsRefused(String cql) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> CqlParser.parse(cql));
    }

    @Test
    void stringsMayHoldAnything() {
        String odd = "\ud800 \0 \uffff \n \ud83d\ude00";
        Insert insert = (Insert) CqlParser.parse("INSERT INTO t (\"" + odd + "\") VALUES ('" + odd + "')");
        assertThat(insert.columns()).containsExactly(odd);
        assertThat(insert.values()).containsExactly(Term.Literal.string(odd));
        assertThat(CqlParser.parse(insert.toCql())).isEqualTo(insert);
    }

    @Test
    void anyTextIsParsedOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] pieces = {
            "SELECT",
            "FROM",
            "WHERE",
            "UPDATE",
            "SET",
            "INSERT INTO t",
            "VALUES",
            "IN",
            "JSON",
            "a",
            "t",
            "\"",
            "'",
            "$$",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "<",
            ">",
            ",",
            ".",
            "..",
            ":",
            "?",
            "=",
            "+",
            "-",
            "*",
            "/",
            "--",
            "/*",
            "1",
            "1.5",
            "0x",
            "1h",
            "P1",
            "expr(",
            "frozen<",
            "int",
            "CREATE",
            "TABLE",
            "WITH",
            "\n",
            "\0",
            "\ud800",
            "e"
        };
        for (int i = 0; i < 100_000; i++) {
            StringBuilder cql = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                cql.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                CqlStatement statement = CqlParser.parse(cql.toString());
                assertThat(CqlParser.parse(statement.toCql())).isEqualTo(statement);
            } catch (CqlSyntaxException refused) {
                assertThat(refused.offset()).isBetween(0, cql.length());
            } catch (RuntimeException e) {
                fail("seed " + seed + ": " + cql, e);
            }
        }
    }

    private static <T> T inSmallStack(java.util.concurrent.Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        new Thread(null, future, "small stack", SMALL_STACK_BYTES).start();
        try {
            return future.get();
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }
}
