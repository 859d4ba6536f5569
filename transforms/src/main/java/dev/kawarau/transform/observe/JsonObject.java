package dev.kawarau.transform.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an object of strings, whole numbers that are not negative, and arrays of strings: what a line of a capture is made
 * of. Strict, so that what is no such line is found out.
 */
final class JsonObject {
    private static final int HEX = 16;

    private final String json;
    private int at;

    JsonObject(String json) {
        this.json = json;
    }

    /** @throws IllegalArgumentException if it is none; the message names the character */
    Map<String, Object> read() {
        Map<String, Object> fields = new HashMap<>();
        expect('{');
        if (!accept('}')) {
            do {
                String name = string();
                expect(':');
                if (fields.put(name, value()) != null) {
                    throw wrong("a name that is there already");
                }
            } while (accept(','));
            expect('}');
        }
        if (at != json.length()) {
            throw wrong("more behind the end");
        }
        return fields;
    }

    private Object value() {
        return switch (peek()) {
            case '"' -> string();
            case '[' -> strings();
            default -> number();
        };
    }

    private List<String> strings() {
        List<String> all = new ArrayList<>();
        expect('[');
        if (!accept(']')) {
            do {
                all.add(string());
            } while (accept(','));
            expect(']');
        }
        return all;
    }

    private Long number() {
        long number = 0;
        int start = at;
        for (char c = peek(); c >= '0' && c <= '9'; c = peek()) {
            try {
                number = Math.addExact(Math.multiplyExact(number, 10L), c - '0');
            } catch (ArithmeticException tooLarge) {
                throw wrong("a number that is too large");
            }
            at++;
        }
        if (at == start) {
            throw wrong("neither a string nor a number nor an array");
        }
        return number;
    }

    private String string() {
        expect('"');
        int end = at;
        while (end < json.length() && json.charAt(end) != '"' && json.charAt(end) != '\\') {
            end++;
        }
        // Most strings, and all that are long, have nothing to be taken apart.
        if (end < json.length() && json.charAt(end) == '"') {
            String plain = json.substring(at, end);
            at = end + 1;
            return plain;
        }
        StringBuilder text = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            text.append(c == '\\' ? escaped() : c);
        }
        return text.toString();
    }

    private char escaped() {
        char c = next();
        if (c == '"' || c == '\\') {
            return c;
        }
        if (c != 'u') {
            throw wrong("an escape that is not known");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), HEX);
            if (digit < 0) {
                throw wrong("an escape that is no number");
            }
            code = code * HEX + digit;
        }
        return (char) code;
    }

    private char peek() {
        return at < json.length() ? json.charAt(at) : 0;
    }

    private char next() {
        if (at == json.length()) {
            throw wrong("the end of the line within a string");
        }
        return json.charAt(at++);
    }

    private boolean accept(char wanted) {
        if (at < json.length() && json.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw wrong("no " + wanted);
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + " at character " + (at + 1));
    }
}
