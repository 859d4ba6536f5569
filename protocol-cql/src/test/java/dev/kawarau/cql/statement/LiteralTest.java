package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'abc' | STRING | abc",
                "'it''s' | STRING | it's",
                "$$it's$$ | STRING | it's",
                "007 | INTEGER | 007",
                "-1 | INTEGER | -1",
                "1.10 | FLOAT | 1.10",
                "1. | FLOAT | 1.",
                "1E+5 | FLOAT | 1E+5",
                "1234567e-1 | FLOAT | 1234567e-1",
                "-NaN | FLOAT | NaN",
                "infinity | FLOAT | Infinity",
                "-INFINITY | FLOAT | -Infinity",
                "TRUE | BOOLEAN | TRUE",
                "0xCafe | BLOB | 0xCafe",
                "0x | BLOB | 0x",
                "1y2mo3w4d5h6m7s8ms9us10ns | DURATION | 1y2mo3w4d5h6m7s8ms9us10ns",
                "-2µs | DURATION | -2µs",
                "P1Y2M3DT4H5M6S | DURATION | P1Y2M3DT4H5M6S",
                "-P3W | DURATION | -P3W",
                "P0001-02-03T04:05:06 | DURATION | P0001-02-03T04:05:06",
                "12345678-90ab-cdef-1234-567890ABCDEF | UUID | 12345678-90ab-cdef-1234-567890ABCDEF",
                "1234567e-1234-1234-1234-123456789012 | UUID | 1234567e-1234-1234-1234-123456789012",
                "deadbeef-1234-1234-1234-123456789012 | UUID | deadbeef-1234-1234-1234-123456789012"
            })
    void literalsKeepTheirText(String cql, Term.Literal.Kind kind, String text) {
        assertThat(term(cql)).isEqualTo(new Term.Literal(kind, text));
    }

    @Test
    void aTermOfAnyDepthIsKept() {
        assertThat(term("[{'a': (1, null)}, {b: {2}}]"))
                .isEqualTo(new Term.ListOf(List.of(
                        new Term.MapOf(List.of(new Term.MapOf.Entry(
                                Term.Literal.string("a"),
                                new Term.Tuple(List.of(Term.Literal.integer(1), new Term.Null()))))),
                        new Term.UserDefined(List.of(
                                new Term.UserDefined.Field("b", new Term.SetOf(List.of(Term.Literal.integer(2)))))))));
    }

    @Test
    void emptyBracesAreASet() {
        assertThat(term("{}")).isEqualTo(new Term.SetOf(List.of()));
    }

    @Test
    void aNameBeforeAColonIsAFieldButAFunctionACall() {
        assertThat(term("{a: 1}")).isInstanceOf(Term.UserDefined.class);
        assertThat(term("{a(): 1}")).isInstanceOf(Term.MapOf.class);
        assertThat(term("{a.b(): 1}")).isInstanceOf(Term.MapOf.class);
    }

    @Test
    void aStringInParenthesesIsATypeIfATermFollows() {
        assertThat(term("('Int32Type') 1"))
                .isEqualTo(new Term.TypeHint(new CqlType.Custom("Int32Type"), Term.Literal.integer(1)));
        assertThat(term("('a')")).isEqualTo(new Term.Tuple(List.of(Term.Literal.string("a"))));
        assertThat(term("('a') - 1")).isInstanceOf(Term.Arithmetic.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1day",
                "1n",
                "1mo2",
                "12e",
                "1.e",
                "-nothing",
                "-inf",
                "-P1",
                "-Px",
                "P1234-",
                "deadbeef-1",
                "12345678-1",
                "1a",
                "'abc",
                "$$abc$",
                "$a$",
                "\"a",
                "!",
                "\u00e4",
                "_a",
                "--1",
                "/* 1",
                "1 // 1",
                "1 -1",
                "- - 1",
                "()",
                "{a: 1, 'b': 2}",
                "{1, 2: 3}",
                "{1: 2, 3}",
                "[1,]",
                "1 2",
                ":",
                "f(",
                "(int)",
                "cast(1 as ks.t)",
                "a"
            })
    void whatIsNoTermIsRefused(String cql) {
        assertThatExceptionOfType(CqlSyntaxException.class).isThrownBy(() -> term(cql));
    }

    private static Term term(String cql) {
        Insert insert = (Insert) CqlParser.parse("INSERT INTO t (a) VALUES (" + cql + ")");
        return insert.values().get(0);
    }
}
