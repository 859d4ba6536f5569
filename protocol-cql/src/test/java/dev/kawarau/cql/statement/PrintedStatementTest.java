package dev.kawarau.cql.statement;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Each line of statements.txt: a statement as somebody may write it, and how it is printed. */
class PrintedStatementTest {

    @ParameterizedTest
    @CsvFileSource(
            resources = "statements.txt",
            delimiterString = " => ",
            quoteCharacter = '`',
            maxCharsPerColumn = 10000)
    void aStatementIsPrintedAndParsesBackToAnEqualOne(String written, String printed) {
        CqlStatement statement = CqlParser.parse(written);
        assertThat(statement.toCql()).isEqualTo(printed);
        assertThat(CqlParser.parse(printed)).isEqualTo(statement).hasSameHashCodeAs(statement);
    }
}
