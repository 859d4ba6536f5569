package dev.kawarau.transform.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.kawarau.resp.RespLimits;
import dev.kawarau.resp.RespReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A client that sends and gets bytes. Text stands for bytes, one char each. */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static String request(String... arguments) {
        StringBuilder request = new StringBuilder("*" + arguments.length + "\r\n");
        for (String argument : arguments) {
            request.append('$')
                    .append(argument.length())
                    .append("\r\n")
                    .append(argument)
                    .append("\r\n");
        }
        return request.toString();
    }

    /** The arguments of a request as it is on the wire. */
    static List<String> words(String request) {
        ByteBuf bytes = Unpooled.copiedBuffer(request, ISO_8859_1);
        return new RespReader(RespLimits.DEFAULT)
                .arguments(bytes, 0, bytes.readableBytes()).stream()
                        .map(argument -> new String(argument, ISO_8859_1))
                        .toList();
    }

    /** Sends a request and reads one frame. */
    Frame call(String... arguments) throws IOException {
        send(request(arguments));
        return frame();
    }

    void send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** One frame, as it is and as its parts. */
    record Frame(String bytes, List<Frame> parts) {
        /** Of a bulk, what is in it. */
        String text() {
            return "$=".indexOf(bytes.charAt(0)) >= 0 && bytes.indexOf('\n') + 1 < bytes.length()
                    ? bytes.substring(bytes.indexOf('\n') + 1, bytes.length() - 2)
                    : bytes.substring(1, bytes.length() - 2);
        }

        /** With elements in order of their bytes, where a server has them in that of a hash table. */
        String sorted() {
            if (parts.isEmpty()) {
                return bytes;
            }
            List<String> each =
                    new ArrayList<>(parts.stream().map(Frame::sorted).toList());
            Collections.sort(each);
            return bytes.substring(0, bytes.indexOf('\n') + 1) + String.join("", each);
        }

        @Override
        public String toString() {
            return bytes.replace("\r\n", " ");
        }
    }

    Frame frame() throws IOException {
        String line = line();
        int number =
                "$*~>%=!".indexOf(line.charAt(0)) >= 0 ? Integer.parseInt(line.substring(1, line.length() - 2)) : 0;
        switch (line.charAt(0)) {
            case '$', '=', '!':
                return new Frame(
                        number < 0 ? line : line + new String(in.readNBytes(number + 2), ISO_8859_1), List.of());
            case '*', '~', '>', '%':
                List<Frame> parts = new ArrayList<>();
                StringBuilder all = new StringBuilder(line);
                for (int i = 0; i < (line.charAt(0) == '%' ? 2 * number : number); i++) {
                    parts.add(frame());
                    all.append(parts.get(i).bytes());
                }
                return new Frame(all.toString(), parts);
            default:
                return new Frame(line, List.of());
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); ; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed after \"" + line + '"');
            }
            line.append((char) next);
            if (next == '\n') {
                return line.toString();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
