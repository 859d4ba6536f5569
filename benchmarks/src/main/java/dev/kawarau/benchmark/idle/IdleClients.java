package dev.kawarau.benchmark.idle;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that have each sent a PING, a SET and a GET, read the replies, and have nothing to say any more. Blocks. */
final class IdleClients implements AutoCloseable {
    /** So many at a time: what a server has not accepted yet waits in a queue that is not endless. */
    private static final int GROUP = 200;

    private static final String VALUE = "v".repeat(64);

    private final List<SocketChannel> channels = new ArrayList<>();
    private final int pipeline;

    /** Connects them all, and has each send that many requests together. */
    IdleClients(int port, int count, int pipeline) throws IOException {
        this.pipeline = pipeline;
        InetSocketAddress proxy = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        try {
            for (int first = 0; first < count; first += GROUP) {
                int last = Math.min(count, first + GROUP);
                while (channels.size() < last) {
                    channels.add(SocketChannel.open(proxy));
                }
                ask(first, last);
            }
        } catch (IOException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** All of a group are under way together, as in life. */
    private void ask(int first, int last) throws IOException {
        for (int i = first; i < last; i++) {
            send(i, "PING\r\n");
        }
        for (int i = first; i < last; i++) {
            expect(i, "+PONG\r\n");
            send(i, "*3\r\n$3\r\nSET\r\n$10\r\n" + key(i) + "\r\n" + "$64\r\n" + VALUE + "\r\n");
        }
        for (int i = first; i < last; i++) {
            expect(i, "+OK\r\n");
        }
        get(first, last, pipeline);
    }

    /** Has all of them read what each has written, a group at a time. */
    void askAgain() throws IOException {
        for (int first = 0; first < channels.size(); first += GROUP) {
            get(first, Math.min(channels.size(), first + GROUP), 1);
        }
    }

    private void get(int first, int last, int times) throws IOException {
        String reply = ("$64\r\n" + VALUE + "\r\n").repeat(times);
        for (int i = first; i < last; i++) {
            send(i, ("*2\r\n$3\r\nGET\r\n$10\r\n" + key(i) + "\r\n").repeat(times));
        }
        for (int i = first; i < last; i++) {
            expect(i, reply);
        }
    }

    private static String key(int client) {
        return "client" + (1000 + client % 9000);
    }

    private void send(int client, String request) throws IOException {
        channels.get(client).write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    private void expect(int client, String reply) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(reply.length());
        while (in.hasRemaining()) {
            if (channels.get(client).read(in) < 0) {
                throw new EOFException("client " + client + " of " + channels.size() + " was disconnected");
            }
        }
        String got = StandardCharsets.US_ASCII.decode(in.flip()).toString();
        if (!got.equals(reply)) {
            throw new IOException("client " + client + " got " + got + " and not " + reply);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
