package dev.kawarau.cql;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands on the bytes between clients and a server, and remembers them. Thread-safe. */
final class RecordingRelay implements AutoCloseable {
    /** What went over one connection; threads append to it until the relay is closed. */
    static final class Recording {
        private final ByteArrayOutputStream requests = new ByteArrayOutputStream();
        private final ByteArrayOutputStream responses = new ByteArrayOutputStream();

        byte[] requests() {
            return requests.toByteArray();
        }

        byte[] responses() {
            return responses.toByteArray();
        }
    }

    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final List<Recording> recordings = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    RecordingRelay(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run("accept", this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    private void run(String name, Runnable work) {
        Thread thread = new Thread(work, "relay-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket upstream = new Socket(server.getAddress(), server.getPort());
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(upstream);
                Recording recording = new Recording();
                recordings.add(recording);
                run("requests", () -> pump(client, upstream, recording.requests));
                run("responses", () -> pump(upstream, client, recording.responses));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream record) {
        byte[] buffer = new byte[16 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                record.write(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        } catch (IOException closed) {
            // Either side may hang up.
        }
    }

    /** Ends all connections, and gives what went over them in the order in which they began. */
    List<Recording> stop() throws InterruptedException {
        close();
        for (Thread thread : threads) {
            thread.join(10_000);
        }
        return new ArrayList<>(recordings);
    }

    @Override
    public void close() {
        closeQuietly(listener);
        sockets.forEach(RecordingRelay::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) {
            // It is closed, that is what counts.
        }
    }
}
