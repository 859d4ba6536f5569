package dev.kawarau.sample.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client on a bare socket: inline commands, replies of one line. */
final class RedisLine implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    RedisLine(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    void write(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The next line, or null if the connection was closed. */
    @Nullable
    String read() throws IOException {
        return in.readLine();
    }

    @Nullable
    String send(String command) throws IOException {
        write(command);
        return read();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
