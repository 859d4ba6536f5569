package dev.kawarau.sink.cassandra;

import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlOpcode;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands between a sink and its server, and counts what the sink asks for: without compression, and in version 3 or 4,
 * where a frame is all that there is on the wire. Thread-safe.
 */
final class CountingRelay implements AutoCloseable {
    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final Map<CqlOpcode, LongAdder> requests = new ConcurrentHashMap<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    CountingRelay(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    /** Where a sink finds it. */
    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** How many requests of a kind have passed. */
    long count(CqlOpcode opcode) {
        LongAdder counted = requests.get(opcode);
        return counted == null ? 0 : counted.sum();
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket upstream = new Socket(server.getAddress(), server.getPort());
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                sockets.addAll(List.of(client, upstream));
                run(() -> requests(client, upstream));
                run(() -> responses(upstream, client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void requests(Socket from, Socket to) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            while (true) {
                byte[] header = in.readNBytes(CqlFrameHeader.BYTES);
                if (header.length < CqlFrameHeader.BYTES) {
                    return;
                }
                CqlFrameHeader read =
                        CqlFrameHeader.read(Unpooled.wrappedBuffer(header), 0, CqlFrameHeader.MAX_BODY_BYTES);
                requests.computeIfAbsent(read.opcode(), opcode -> new LongAdder())
                        .increment();
                to.getOutputStream().write(header);
                to.getOutputStream().write(in.readNBytes(read.bodyBytes()));
            }
        } catch (IOException closed) {
            // Either side may hang up.
        }
    }

    private static void responses(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException closed) {
            // Either side may hang up.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
