package dev.kawarau.benchmark.endtoend;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One question to something that speaks RESP on 127.0.0.1. */
final class RespProbe {
    private static final int TIMEOUT_MILLIS = 2000;

    private RespProbe() {}

    /**
     * Sends a command whose reply is a bulk string.
     *
     * @return the string, empty for a null
     * @throws IOException if nobody answers within two seconds, or otherwise than with a bulk string
     */
    static String ask(int port, String... words) throws IOException {
        StringBuilder command = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.US_ASCII));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String length = line(in);
            if (!length.matches("\\$(-1|[0-9]{1,6})")) {
                throw new IOException("answered " + length);
            }
            byte[] bulk = new byte[Math.max(0, Integer.parseInt(length.substring(1)))];
            in.readFully(bulk);
            return new String(bulk, StandardCharsets.UTF_8);
        }
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = in.readByte(); next != '\n' && line.length() < 100; next = in.readByte()) {
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }
}
