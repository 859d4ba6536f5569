package dev.kawarau.resp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** RESP2 in a few lines, independent of the code under test. */
final class PlainConnection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    PlainConnection(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A String (with its "+" or "-" if it is a status or an error), Long, List or null. */
    Object call(String... words) throws IOException {
        StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            request.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
        return read();
    }

    private Object read() throws IOException {
        String head = line();
        switch (head.charAt(0)) {
            case '+', '-':
                return head;
            case ':':
                return Long.parseLong(head.substring(1));
            case '$':
                int length = Integer.parseInt(head.substring(1));
                return length < 0
                        ? null
                        : new String(in.readNBytes(length + 2), 0, length, StandardCharsets.ISO_8859_1);
            case '*':
                List<Object> items = new ArrayList<>();
                for (int left = Integer.parseInt(head.substring(1)); left > 0; left--) {
                    items.add(read());
                }
                return items;
            default:
                throw new IOException("not RESP2: " + head);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.write(b);
        }
        in.read();
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
