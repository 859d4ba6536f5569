package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.function.BiConsumer;

/** Asks the server itself, without the proxy; blocks. */
final class DirectConnection implements AutoCloseable {
    private static final int TIMEOUT = 10_000;

    private final Socket socket = new Socket();
    private final ReplyParser parser = new ReplyParser();
    private final ByteBuf in = Unpooled.buffer(64 << 10);

    DirectConnection(int port) throws IOException {
        try {
            socket.connect(here(port), TIMEOUT);
            socket.setSoTimeout(TIMEOUT);
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    static InetSocketAddress here(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Sends commands together, and hands each reply on. */
    void ask(byte[] commands, int count, BiConsumer<ReplyParser, ByteBuf> each) throws IOException {
        socket.getOutputStream().write(commands);
        for (int i = 0; i < count; i++) {
            while (!parser.parse(in)) {
                in.discardReadBytes();
                if (in.writeBytes(socket.getInputStream(), 64 << 10) < 0) {
                    throw new EOFException("the server closed the connection");
                }
            }
            each.accept(parser, in);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
