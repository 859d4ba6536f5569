package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits an inline request, a line as a person types it, into arguments by the rules of Redis's {@code sdssplitargs}:
 * white space separates; {@code "..."} knows {@code \xHH \n \r \t \b \a} and takes any other escaped byte for itself;
 * {@code '...'} knows {@code \'} only; after a closing quote must come white space or the end.
 */
final class InlineParser {
    private final ByteBuf in;
    private final int end;
    private int at;
    private final ByteArrayOutputStream argument = new ByteArrayOutputStream();

    private InlineParser(ByteBuf in, int start, int end) {
        this.in = in;
        this.at = start;
        this.end = end;
    }

    /**
     * Parses the bytes from {@code start} to {@code end}, absolute indexes, a line end at their end included or not.
     *
     * @return the arguments; none if there is nothing but white space
     * @throws RespProtocolException if quotes are unbalanced, or there is a NUL, before which Redis waits for ever
     */
    static List<byte[]> parse(ByteBuf in, int start, int end) {
        int last = end;
        if (last > start && in.getByte(last - 1) == '\n') {
            last--;
            if (last > start && in.getByte(last - 1) == '\r') {
                last--;
            }
        }
        if (in.indexOf(start, last, (byte) 0) >= 0) {
            throw new RespProtocolException("Protocol error: NUL in inline request");
        }
        return new InlineParser(in, start, last).arguments();
    }

    private List<byte[]> arguments() {
        List<byte[]> arguments = new ArrayList<>();
        while (true) {
            while (at < end && isSpace(in.getByte(at))) {
                at++;
            }
            if (at == end) {
                return arguments;
            }
            argument.reset();
            word();
            arguments.add(argument.toByteArray());
        }
    }

    private void word() {
        while (at < end) {
            byte b = in.getByte(at++);
            switch (b) {
                case ' ', '\t', '\r', '\n' -> {
                    return;
                }
                case '"' -> {
                    doubleQuoted();
                    return;
                }
                case '\'' -> {
                    singleQuoted();
                    return;
                }
                default -> argument.write(b);
            }
        }
    }

    private void doubleQuoted() {
        while (at < end) {
            byte b = in.getByte(at++);
            if (b == '"') {
                checkAfterQuote();
                return;
            }
            argument.write(b == '\\' && at < end ? escaped() : b);
        }
        throw unbalanced();
    }

    private int escaped() {
        byte b = in.getByte(at++);
        if (b == 'x' && at + 2 <= end) {
            int high = Character.digit(in.getByte(at), 16);
            int low = Character.digit(in.getByte(at + 1), 16);
            if (high >= 0 && low >= 0) {
                at += 2;
                return high << 4 | low;
            }
        }
        return switch (b) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> b;
        };
    }

    private void singleQuoted() {
        while (at < end) {
            byte b = in.getByte(at++);
            if (b == '\'') {
                checkAfterQuote();
                return;
            }
            if (b == '\\' && at < end && in.getByte(at) == '\'') {
                b = in.getByte(at++);
            }
            argument.write(b);
        }
        throw unbalanced();
    }

    private void checkAfterQuote() {
        if (at < end && !isSpace(in.getByte(at))) {
            throw unbalanced();
        }
    }

    /** C's isspace: besides the space, the five from tab to carriage return. */
    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static RespProtocolException unbalanced() {
        return new RespProtocolException("Protocol error: unbalanced quotes in request");
    }
}
