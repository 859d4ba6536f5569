package dev.kawarau.testkit;

import dev.kawarau.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import java.nio.charset.StandardCharsets;

/**
 * One in-VM connection to what is under test, which sends and gets bytes. Text stands for bytes, one for each character
 * (ISO 8859-1). Any thread but an event loop.
 */
public final class TestClient implements AutoCloseable {
    private final StringBuilder received = new StringBuilder();
    private final HeldBuffers buffers;
    private final Channel channel;
    private boolean ended;

    TestClient(String name, HeldBuffers buffers) {
        this.buffers = buffers;
        LocalAddress address = new LocalAddress(name);
        EventLoop loop = EventLoops.shared().group().next();
        this.channel = new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, address))
                .handler(new Receiver())
                .connect(address)
                .syncUninterruptibly()
                .channel();
    }

    /** Sends bytes in one piece, and does not wait. */
    public TestClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes in one piece, and does not wait. */
    public TestClient send(byte[] bytes) {
        ByteBuf buffer = channel.alloc().directBuffer(bytes.length).writeBytes(bytes);
        buffers.watch("what the client sent, " + visible(new String(bytes, StandardCharsets.ISO_8859_1)), buffer);
        channel.writeAndFlush(buffer);
        return this;
    }

    /**
     * Waits for bytes, and takes them off what was received.
     *
     * @throws AssertionError if others come, or too few within {@link ChainTester#PATIENCE}
     */
    public TestClient expect(String text) {
        String found = receive(text.length());
        if (!found.equals(text)) {
            throw new AssertionError(
                    "expected from the server: " + visible(text) + "\n but received: " + visible(found));
        }
        return this;
    }

    /**
     * Waits for so many bytes, and takes them off what was received.
     *
     * @return the bytes; fewer if no more came within {@link ChainTester#PATIENCE} or before the server hung up
     */
    public String receive(int length) {
        long end = System.nanoTime() + ChainTester.PATIENCE.toNanos();
        synchronized (received) {
            while (received.length() < length && !ended && waited(end)) {
                // Something came, perhaps not enough.
            }
            String taken = received.substring(0, Math.min(length, received.length()));
            received.delete(0, taken.length());
            return taken;
        }
    }

    /**
     * Waits until the server hangs up.
     *
     * @throws AssertionError if it does not within {@link ChainTester#PATIENCE}, or sent bytes that nobody expected
     */
    public void expectEnd() {
        long end = System.nanoTime() + ChainTester.PATIENCE.toNanos();
        synchronized (received) {
            while (!ended && waited(end)) {
                // Bytes came, not the end.
            }
            if (!ended) {
                throw new AssertionError("the server did not hang up within " + ChainTester.PATIENCE);
            }
            if (received.length() > 0) {
                throw new AssertionError("before it hung up, the server also sent: " + visible(received.toString()));
            }
        }
    }

    /** Waits once; false if the time is up. The caller holds the lock. */
    private boolean waited(long end) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            return false;
        }
        try {
            received.wait(millis);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Hangs up, and waits until that is done. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    /** Text with all that does not print, and line ends, written as escapes. */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r') {
                visible.append("\\r");
            } else if (c == '\n') {
                visible.append("\\n");
            } else if (c < ' ' || c > '~') {
                visible.append(String.format("\\x%02x", (int) c));
            } else {
                visible.append(c);
            }
        }
        return visible.append('"').toString();
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            synchronized (received) {
                received.append(buffer.toString(StandardCharsets.ISO_8859_1));
                received.notifyAll();
            }
            buffer.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            synchronized (received) {
                ended = true;
                received.notifyAll();
            }
        }
    }
}
