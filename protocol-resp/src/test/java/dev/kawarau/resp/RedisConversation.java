package dev.kawarau.resp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A bare socket to a real server: what it answers to bytes that no client library would send. */
final class RedisConversation implements AutoCloseable {
    private static final String SENTINEL = "end of answers";
    private static final byte[] ASK_FOR_SENTINEL =
            Corpus.bytes("*2|$4|ECHO|$" + SENTINEL.length() + "|" + SENTINEL + "|");
    private static final String SENTINEL_REPLY = "$" + SENTINEL.length() + "\r\n" + SENTINEL + "\r\n";

    private final Socket socket;

    RedisConversation(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
    }

    /** All that the server says to these bytes, in Latin 1, until it closes the connection or has dealt with them. */
    String say(byte[] bytes) {
        // In one write: a server that closes with bytes unread resets the connection, and its answer is lost.
        return sayOnly(Corpus.join(List.of(bytes, ASK_FOR_SENTINEL)));
    }

    /** All that the server says to these bytes before it closes the connection. */
    String sayOnly(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return answer(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("to " + Corpus.show(bytes), e);
        }
    }

    private static String answer(InputStream in) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        while (true) {
            int read = in.read(chunk);
            if (read < 0) {
                return answer.toString(StandardCharsets.ISO_8859_1);
            }
            answer.write(chunk, 0, read);
            String text = answer.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith(SENTINEL_REPLY)) {
                return text.substring(0, text.length() - SENTINEL_REPLY.length());
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
