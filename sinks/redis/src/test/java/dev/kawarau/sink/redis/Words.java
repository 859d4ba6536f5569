package dev.kawarau.sink.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a corpus line: quoted as in redis-cli, one byte a character (ISO 8859-1). */
final class Words {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");

    private final String line;
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /** Splits {@code SET k "a\x00b" 'it\'s'} into its four words. */
    static List<String> split(String line) {
        // The corpus is UTF-8; a character outside ASCII stands for its bytes.
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return new Words(new String(bytes, StandardCharsets.ISO_8859_1)).all();
    }

    /** The words as the array of bulks that clients send. */
    static String encode(List<String> words) {
        StringBuilder out = new StringBuilder("*").append(words.size()).append("\r\n");
        for (String word : words) {
            out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return out.toString();
    }

    /** Replaces <code>${name}</code> by the variable and <code>${repeat:ab:1000}</code> by that many times ab. */
    static String substitute(String word, Map<String, String> variables) {
        if (!word.contains("${")) {
            return word;
        }
        return VARIABLE.matcher(word).replaceAll(match -> {
            String[] parts = match.group(1).split(":");
            String value = parts[0].equals("repeat")
                    ? parts[1].repeat(Integer.parseInt(parts[2]))
                    : variables.get(match.group(1));
            if (value == null) {
                throw new IllegalArgumentException("no line before this one captures " + match.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private List<String> all() {
        List<String> words = new ArrayList<>();
        while (true) {
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            words.add(next());
        }
    }

    private String next() {
        StringBuilder word = new StringBuilder();
        while (at < line.length() && line.charAt(at) != ' ') {
            char c = line.charAt(at++);
            switch (c) {
                case '"' -> doubleQuoted(word);
                case '\'' -> singleQuoted(word);
                default -> word.append(c);
            }
        }
        return word.toString();
    }

    private void doubleQuoted(StringBuilder word) {
        while (peek() != '"') {
            char c = line.charAt(at++);
            if (c != '\\') {
                word.append(c);
                continue;
            }
            char escaped = line.charAt(at++);
            switch (escaped) {
                case 'n' -> word.append('\n');
                case 'r' -> word.append('\r');
                case 't' -> word.append('\t');
                case 'x' -> {
                    word.append((char) Integer.parseInt(line, at, at + 2, 16));
                    at += 2;
                }
                default -> word.append(escaped);
            }
        }
        at++;
    }

    private void singleQuoted(StringBuilder word) {
        while (peek() != '\'') {
            char c = line.charAt(at++);
            word.append(c == '\\' && peek() == '\'' ? line.charAt(at++) : c);
        }
        at++;
    }

    private char peek() {
        if (at == line.length()) {
            throw new IllegalArgumentException("a quote is not closed: " + line);
        }
        return line.charAt(at);
    }
}
