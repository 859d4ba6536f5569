package dev.kawarau.sink.redis;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads RESP2 and RESP3 replies from a blocking stream. It shares nothing with the scanner that the proxy uses, so a
 * mistake there does not hide here.
 */
final class FrameReader {

    private final InputStream in;
    private final StringBuilder raw = new StringBuilder();

    FrameReader(InputStream in) {
        this.in = in;
    }

    /** The next reply; an attribute counts with the reply that it precedes. */
    Frame read() throws IOException {
        raw.setLength(0);
        return readFrame();
    }

    /** Whether the other end has closed, with nothing left to read. */
    boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    private Frame readFrame() throws IOException {
        int start = raw.length();
        String line = readLine();
        if (line.isEmpty()) {
            throw new IOException("an empty line where a reply should start");
        }
        char type = line.charAt(0);
        String rest = line.substring(1);
        return switch (type) {
            case '+', '-', ':', '_', ',', '#', '(' -> frame(type, rest, List.of(), false, start);
            case '$', '=', '!' -> {
                int length = Integer.parseInt(rest);
                yield length < 0
                        ? frame(type, "", List.of(), true, start)
                        : frame(type, readBulk(length), List.of(), false, start);
            }
            case '*', '~', '>' -> readItems(type, Integer.parseInt(rest), start);
            case '%' -> readItems(type, 2 * Integer.parseInt(rest), start);
            case '|' -> readItems(type, 2 * Integer.parseInt(rest) + 1, start);
            default -> throw new IOException("not the start of a reply: " + Frame.printable(line));
        };
    }

    private Frame readItems(char type, int count, int start) throws IOException {
        List<Frame> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(readFrame());
        }
        return frame(type, "", List.copyOf(items), count < 0, start);
    }

    private Frame frame(char type, String text, List<Frame> items, boolean nil, int start) {
        return new Frame(type, text, items, nil, raw.substring(start));
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            char c = readByte();
            if (c != '\r') {
                line.append(c);
            } else if (readByte() == '\n') {
                return line.toString();
            } else {
                throw new IOException("a CR without its LF after " + Frame.printable(line.toString()));
            }
        }
    }

    private String readBulk(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        raw.append(text);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed within a bulk of " + length + " bytes");
        }
        if (readByte() != '\r' || readByte() != '\n') {
            throw new IOException("a bulk of " + length + " bytes does not end in CRLF");
        }
        return text;
    }

    private char readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the connection was closed after " + Frame.printable(raw.toString()));
        }
        raw.append((char) b);
        return (char) b;
    }
}
