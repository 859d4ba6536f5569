package dev.kawarau.sink.redis.simulation;

import java.util.ArrayList;
import java.util.List;

/** RESP as text of one character for each byte. Written apart from the proxy's own codec, so that one checks the other. */
final class Frames {
    private Frames() {}

    /** Where the frame that begins at {@code from} ends; -1 if more bytes are needed. */
    static int end(CharSequence in, int from) {
        int line = from;
        while (line < in.length() && in.charAt(line) != '\n') {
            line++;
        }
        if (line >= in.length()) {
            return -1;
        }
        int after = line + 1;
        return switch (in.charAt(from)) {
            case '+', '-', ':', '_', '#', ',', '(' -> after;
            case '$', '=', '!' -> {
                int length = number(in, from + 1);
                int end = length < 0 ? after : after + length + 2;
                yield end <= in.length() ? end : -1;
            }
            case '*', '~', '>' -> elements(in, after, number(in, from + 1));
            case '%' -> elements(in, after, 2 * number(in, from + 1));
            default -> throw new IllegalStateException("no RESP: " + in.subSequence(from, Math.min(after, from + 100)));
        };
    }

    private static int elements(CharSequence in, int from, int count) {
        int at = from;
        for (int i = 0; i < count && at >= 0; i++) {
            at = at < in.length() ? end(in, at) : -1;
        }
        return at;
    }

    private static int number(CharSequence in, int from) {
        int value = 0;
        boolean negative = in.charAt(from) == '-';
        for (int i = negative ? from + 1 : from; in.charAt(i) != '\r'; i++) {
            value = value * 10 + in.charAt(i) - '0';
        }
        return negative ? -value : value;
    }

    /** The bulk strings of an array or push of nothing else; what is no bulk string is left out. */
    static List<String> bulks(String frame) {
        List<String> bulks = new ArrayList<>();
        int at = frame.indexOf('\n') + 1;
        while (at < frame.length()) {
            int end = end(frame, at);
            if (frame.charAt(at) == '$' && frame.charAt(at + 1) != '-') {
                bulks.add(frame.substring(frame.indexOf('\n', at) + 1, end - 2));
            }
            at = end;
        }
        return bulks;
    }

    static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    static String number(long value) {
        return ":" + value + "\r\n";
    }

    static String error(String text) {
        return "-" + text + "\r\n";
    }

    static String array(List<String> encoded) {
        return "*" + encoded.size() + "\r\n" + String.join("", encoded);
    }

    static String push(List<String> encoded, boolean resp3) {
        return (resp3 ? ">" : "*") + encoded.size() + "\r\n" + String.join("", encoded);
    }

    static String nil(boolean resp3) {
        return resp3 ? "_\r\n" : "$-1\r\n";
    }

    static String nilArray(boolean resp3) {
        return resp3 ? "_\r\n" : "*-1\r\n";
    }

    static String command(List<String> arguments) {
        StringBuilder out = new StringBuilder("*").append(arguments.size()).append("\r\n");
        arguments.forEach(argument -> out.append(bulk(argument)));
        return out.toString();
    }
}
