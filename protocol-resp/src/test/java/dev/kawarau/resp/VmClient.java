package dev.kawarau.resp;

import dev.kawarau.leakcheck.BoundedAllocator;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One in-VM connection, which sends and gets bytes, one a character. For a thread that is no event loop. */
final class VmClient implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final StringBuilder received = new StringBuilder();
    private final BoundedAllocator memory;
    private final Channel channel;
    private boolean ended;

    VmClient(EventLoop loop, LocalAddress address, BoundedAllocator memory) {
        this.memory = memory;
        this.channel = new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .handler(new Receiver())
                .connect(address)
                .syncUninterruptibly()
                .channel();
    }

    /** Sends bytes in one piece, and does not wait. */
    void send(byte[] bytes, int from, int to) {
        channel.writeAndFlush(memory.directBuffer(to - from).writeBytes(bytes, from, to - from));
    }

    /**
     * Waits until what has come is enough, or the server hung up.
     *
     * @return all that has come so far
     * @throws AssertionError if nothing of the kind happens
     */
    String await(Predicate<String> enough) {
        long end = System.nanoTime() + PATIENCE;
        synchronized (received) {
            while (!ended && !enough.test(received.toString())) {
                waitUntil(end);
            }
            return received.toString();
        }
    }

    private void waitUntil(long end) {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
            throw new AssertionError("the server hangs; it sent: " + received);
        }
        try {
            received.wait(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    boolean hasEnded() {
        synchronized (received) {
            return ended;
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
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
