package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.StringJoiner;

/**
 * A client that knows no more than the wire: sends what it is told to, and shows each reply as text with its type byte
 * before it: {@code +OK}, {@code :1}, {@code $bulk}, {@code $nil}, {@code *[$a, :2]}, {@code %[$key, $value]}.
 * Text stands for bytes, one char each (ISO 8859-1).
 */
final class RawClient implements Closeable {
    private static final int LONGEST_LINE = 64 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawClient(String host, int port) throws IOException {
        socket = new Socket(host, port);
        socket.setSoTimeout((int) Endpoint.PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        out = socket.getOutputStream();
    }

    static String request(String... arguments) {
        StringBuilder request = new StringBuilder("*").append(arguments.length).append("\r\n");
        for (String argument : arguments) {
            request.append('$').append(argument.length()).append("\r\n");
            request.append(argument).append("\r\n");
        }
        return request.toString();
    }

    /** Sends one command and waits for one reply. */
    String call(String... arguments) throws IOException {
        send(arguments);
        return reply();
    }

    void send(String... arguments) throws IOException {
        write(request(arguments));
    }

    void write(String bytes) throws IOException {
        out.write(bytes.getBytes(ISO_8859_1));
        out.flush();
    }

    OutputStream output() {
        return out;
    }

    InputStream input() {
        return in;
    }

    /** Ends the connection without a word: the other side finds it reset. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    String reply() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', '-', ':', ',', '#', '(', '_' -> line;
            case '$', '=', '!' -> line.charAt(0) + bulk(Integer.parseInt(rest));
            case '*', '>', '~' -> line.charAt(0) + elements(Integer.parseInt(rest));
            case '%' -> line.charAt(0) + elements(2 * Integer.parseInt(rest));
            default -> throw new IOException("not a reply: " + line);
        };
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed after \"" + line.toString(ISO_8859_1) + '"');
            }
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                throw new IOException("a line without end");
            }
        }
        String text = line.toString(ISO_8859_1);
        if (text.length() < 2 || !text.endsWith("\r")) {
            throw new IOException("not a line of RESP: \"" + text + '"');
        }
        return text.substring(0, text.length() - 1);
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return "nil";
        }
        String body = new String(in.readNBytes(length), ISO_8859_1);
        if (body.length() < length || in.read() != '\r' || in.read() != '\n') {
            throw new IOException("a bulk of " + length + " bytes does not end where it should");
        }
        return body;
    }

    private String elements(int count) throws IOException {
        if (count < 0) {
            return "nil";
        }
        StringJoiner elements = new StringJoiner(", ", "[", "]");
        for (int element = 0; element < count; element++) {
            elements.add(reply());
        }
        return elements.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
