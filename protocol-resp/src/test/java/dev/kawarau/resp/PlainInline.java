package dev.kawarau.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Inline requests split by regular expressions: an oracle for {@link InlineParser}. One byte a character. */
final class PlainInline {
    private static final String SPACE_OR_END = "(?![^ \\t-\\r])";
    private static final Pattern WORD = Pattern.compile(
            "(?<plain>[^ \\t\\r\\n\"']*+)"
                    + "(?:\"(?<double>(?:[^\"\\\\]|\\\\.)*+)\"" + SPACE_OR_END
                    + "|'(?<single>(?:[^'\\\\]|\\\\'|\\\\)*+)'" + SPACE_OR_END
                    + "|(?=[ \\t\\r\\n]|\\z))",
            Pattern.DOTALL);
    private static final Pattern SPACES = Pattern.compile("[ \\t-\\r]*+");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x(?<hex>[0-9a-fA-F]{2})|(?<one>.))", Pattern.DOTALL);

    private PlainInline() {}

    /** The words of a line, with or without its end; nothing if the quotes are unbalanced or there is a NUL. */
    static Optional<List<String>> split(String withEnd) {
        String line = withEnd.endsWith("\r\n")
                ? withEnd.substring(0, withEnd.length() - 2)
                : withEnd.endsWith("\n") ? withEnd.substring(0, withEnd.length() - 1) : withEnd;
        if (line.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        Matcher spaces = SPACES.matcher(line);
        Matcher word = WORD.matcher(line);
        int at = 0;
        while (true) {
            spaces.region(at, line.length()).lookingAt();
            at = spaces.end();
            if (at == line.length()) {
                return Optional.of(words);
            }
            if (!word.region(at, line.length()).lookingAt()) {
                return Optional.empty();
            }
            words.add(text(word));
            at = word.end();
        }
    }

    private static String text(Matcher word) {
        String text = word.group("plain");
        if (word.group("double") != null) {
            text += ESCAPE.matcher(word.group("double"))
                    .replaceAll(escape -> Matcher.quoteReplacement(unescaped(escape.group())));
        }
        if (word.group("single") != null) {
            text += word.group("single").replace("\\'", "'");
        }
        return text;
    }

    private static String unescaped(String escape) {
        if (escape.length() == 4) {
            return String.valueOf((char) Integer.parseInt(escape, 2, 4, 16));
        }
        int known = "nrtba".indexOf(escape.charAt(1));
        return String.valueOf(known < 0 ? escape.charAt(1) : "\n\r\t\b\u0007".charAt(known));
    }
}
