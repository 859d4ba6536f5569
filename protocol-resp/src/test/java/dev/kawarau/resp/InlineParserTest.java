package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InlineParserTest {
    @Test
    void whiteSpaceSeparatesArguments() {
        assertThat(parse("SET a b\r\n")).containsExactly("SET", "a", "b");
        assertThat(parse("  SET\ta \r b  \n")).containsExactly("SET", "a", "b");
        assertThat(parse("PING")).containsExactly("PING");
    }

    @Test
    void verticalTabAndFormFeedSeparateOnlyBetweenArguments() {
        assertThat(parse("a\u000bb \u000b\fc\r\n")).containsExactly("a\u000bb", "c");
    }

    @Test
    void aLineOfWhiteSpaceHasNoArguments() {
        assertThat(parse("")).isEmpty();
        assertThat(parse("\r\n")).isEmpty();
        assertThat(parse(" \t \r\n")).isEmpty();
    }

    @Test
    void doubleQuotesKnowEscapes() {
        assertThat(parse("\"a b\" \"\\x41\\xfF\\n\\r\\t\\b\\a\\q\\\\\\\"\" \"\"\n"))
                .containsExactly("a b", "A\u00ff\n\r\t\b\u0007q\\\"", "");
        assertThat(parse("\"\\x4\" \"\\xzz\"")).containsExactly("x4", "xzz");
    }

    @Test
    void singleQuotesKnowOnlyThemselvesEscaped() {
        assertThat(parse("'a b' 'it\\'s' 'a\\n' ''")).containsExactly("a b", "it's", "a\\n", "");
    }

    @Test
    void aQuoteMayOpenInTheMiddleOfAnArgument() {
        assertThat(parse("a\"b c\" d'e'")).containsExactly("ab c", "de");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"", "'", "\"a", "'a", "\"a\"b", "'a'b", "\"a\"\"b\"", "\"a\\", "\"a\\\"", "'a\\'", "a \"b"})
    void unbalancedQuotesAreRefused(String line) {
        assertThatThrownBy(() -> parse(line + "\r\n"))
                .isInstanceOf(RespProtocolException.class)
                .hasMessage("Protocol error: unbalanced quotes in request");
    }

    @Test
    void aNulIsRefused() {
        assertThatThrownBy(() -> parse("PI\0NG\r\n")).isInstanceOf(RespProtocolException.class);
    }

    private static List<String> parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return InlineParser.parse(Unpooled.wrappedBuffer(bytes), 0, bytes.length).stream()
                .map(Corpus::show)
                .toList();
    }
}
