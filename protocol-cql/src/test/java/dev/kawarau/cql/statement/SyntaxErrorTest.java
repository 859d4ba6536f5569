package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxErrorTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT a FORM t | line 1:9 expected FROM, found 'FORM'",
                "SELECT a FROM t WHERE a | line 1:23 expected an operator, found the end of the statement",
                "SELECT a FROM t WHERE a = b | line 1:27 expected '(', found the end of the statement",
                "INSERT INTO t (a) VALUES () | line 1:26 expected a term, found ')'",
                "USE 'ks' | line 1:4 expected a keyspace, found ''ks''",
                "SELECT 'abc | line 1:7 the closing ' is missing",
                "SELECT a FROM t b | line 1:16 expected the end of the statement, found 'b'",
                "SELECT 1day FROM t | line 1:7 malformed UUID",
                "HELLO | line 1:0 expected a statement, found 'HELLO'"
            })
    void anErrorSaysWhatWasExpectedAndWhatWasFound(String cql, String message) {
        assertThat(error(cql)).hasMessage(message);
    }

    @Test
    void anErrorKnowsItsPlace() {
        CqlSyntaxException error = error("SELECT a\n  FROM t\n  WHEN a = 1");
        assertThat(error.line()).isEqualTo(3);
        assertThat(error.column()).isEqualTo(2);
        assertThat(error.offset()).isEqualTo(20);
    }

    @Test
    void aLongTokenIsCutInTheMessage() {
        assertThat(error("SELECT a FROM t WHERE " + "x".repeat(1_000_000) + " y")
                        .getMessage())
                .hasSizeLessThan(100);
        assertThat(error("'" + "x".repeat(1_000_000) + "'").getMessage()).hasSizeLessThan(120);
    }

    @Test
    void anErrorIsCheap() {
        assertThat(error("SELECT").getStackTrace()).isEmpty();
    }

    private static CqlSyntaxException error(String cql) {
        return catchThrowableOfType(CqlSyntaxException.class, () -> CqlParser.parse(cql));
    }
}
