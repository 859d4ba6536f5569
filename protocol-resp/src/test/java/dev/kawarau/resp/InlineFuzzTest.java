package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lines as a person types them: {@link InlineParser}. */
class InlineFuzzTest {
    /** The oracle's regular expressions go deeper with every character. */
    private static final int LONGEST = 2000;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void lines(byte[] text) {
        check(text);
    }

    /** Each line of a text is one request. */
    static void check(byte[] text) {
        for (String line : Oracle.text(text).split("(?<=\n)")) {
            if (!line.isEmpty() && line.length() <= LONGEST) {
                checkLine(line);
            }
        }
    }

    private static void checkLine(String line) {
        List<String> words = parse(line);
        Oracle.same("words of a line", Optional.ofNullable(words), PlainInline.split(line));
        if (words == null) {
            return;
        }
        ByteBuf request = Unpooled.buffer();
        RespWriter.writeCommand(request, words.stream().map(Oracle::bytes).toList());
        Oracle.same("words of the request made of a line", arguments(request), words);

        if (words.stream().allMatch(word -> word.indexOf('\0') < 0)) {
            Oracle.same("words in single quotes", parse(joined(words, '\'')), words);
        }
        Oracle.same("words in double quotes", parse(joined(words, '"')), words);
    }

    private static List<String> arguments(ByteBuf request) {
        return new RespReader(RespLimits.DEFAULT)
                .arguments(request, 0, request.writerIndex()).stream()
                        .map(Oracle::text)
                        .toList();
    }

    private static @Nullable List<String> parse(String line) {
        byte[] bytes = Oracle.bytes(line);
        ByteBuf in = Unpooled.buffer().writeByte('"').writeBytes(bytes).writeByte('"');
        try {
            return InlineParser.parse(in, 1, 1 + bytes.length).stream()
                    .map(Oracle::text)
                    .toList();
        } catch (RespProtocolException unbalanced) {
            Oracle.that(in.readerIndex() == 0, "a refused line moved the reader index", in);
            return null;
        }
    }

    private static String joined(List<String> words, char quote) {
        return words.stream().map(word -> quoted(word, quote)).collect(Collectors.joining(" "));
    }

    private static String quoted(String word, char quote) {
        if (quote == '\'') {
            // Single quotes have no way to say a backslash before a quote.
            return word.endsWith("\\") || word.contains("\\'")
                    ? quoted(word, '"')
                    : '\'' + word.replace("'", "\\'") + '\'';
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : word.toCharArray()) {
            quoted.append(c > ' ' && c <= '~' && c != '"' && c != '\\' ? c : String.format("\\x%02x", (int) c));
        }
        return quoted.append('"').toString();
    }
}
