package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes connections and requests as Redis would, but has no answers: it is silent, or says a fixed thing and closes. */
final class BrokenUpstream implements Closeable {
    private final ServerSocket listening = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final @Nullable String lastWords;

    private BrokenUpstream(@Nullable String lastWords) throws IOException {
        this.lastWords = lastWords;
        start(this::accept);
    }

    static BrokenUpstream silent() throws IOException {
        return new BrokenUpstream(null);
    }

    /** Answers the first bytes of each connection with {@code words} (ISO 8859-1) and the end. */
    static BrokenUpstream sayingThenClosing(String words) throws IOException {
        return new BrokenUpstream(words);
    }

    String uri() {
        return "redis://127.0.0.1:" + listening.getLocalPort();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "broken-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listening.accept();
                connections.add(connection);
                start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            byte[] request = new byte[64 * 1024];
            while (connection.getInputStream().read(request) >= 0) {
                if (lastWords != null) {
                    connection.getOutputStream().write(lastWords.getBytes(ISO_8859_1));
                    return;
                }
            }
        } catch (IOException closed) {
            // By the other side or by the end of the test: either way there is nothing left to serve.
        } finally {
            connections.remove(connection);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
