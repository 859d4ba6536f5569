package dev.kawarau;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** A client of a listener on any kind of address. */
final class LineClient implements AutoCloseable {
    private static final EventLoops loops = EventLoops.of(EventLoops.Transport.NIO, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Channel channel;
    private final StringBuilder received = new StringBuilder();
    private boolean ended;

    private LineClient(Address server, @Nullable SslContext tls) {
        EventLoop loop = loops.group().next();
        SocketAddress remote = server.forLoop(loop);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, remote))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new Receiver());
                    }
                });
        if (server.scheme() == Address.Scheme.TCP) {
            bootstrap.option(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        channel = bootstrap.connect(remote).syncUninterruptibly().channel();
    }

    static LineClient of(Listener listener) {
        return new LineClient(listener.address(), null);
    }

    static LineClient of(Listener listener, SslContext tls) {
        return new LineClient(listener.address(), tls);
    }

    LineClient send(String text) {
        ByteBuf buffer = channel.alloc().directBuffer();
        buffer.writeCharSequence(text, UTF_8);
        channel.writeAndFlush(buffer);
        return this;
    }

    /** Waits for these bytes, and takes them off what was received. */
    LineClient expect(String text) {
        assertThat(receive(text.length())).isEqualTo(text);
        return this;
    }

    /** Waits for so many bytes, or for the end, and takes them off what was received. */
    String receive(int length) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (received) {
            while (received.length() < length && !ended && waited(end)) {
                // Something came, perhaps not enough.
            }
            String taken = received.substring(0, Math.min(length, received.length()));
            received.delete(0, taken.length());
            return taken;
        }
    }

    /** Waits until the server has closed the connection, having sent nothing more. */
    void expectEnd() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (received) {
            while (!ended && waited(end)) {
                // Bytes came, not the end.
            }
            assertThat(ended).as("the server hung up").isTrue();
            assertThat(received.toString()).isEmpty();
        }
    }

    boolean hasReceived() {
        synchronized (received) {
            return received.length() > 0;
        }
    }

    boolean hasEnded() {
        synchronized (received) {
            return ended;
        }
    }

    private boolean waited(long end) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            return false;
        }
        try {
            received.wait(millis);
            return true;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    LineClient stopReading() {
        channel.config().setAutoRead(false);
        return this;
    }

    LineClient readAgain() {
        channel.config().setAutoRead(true);
        return this;
    }

    /** Says that it will send no more, but goes on reading. */
    LineClient shutDownOutput() {
        ((DuplexChannel) channel).shutdownOutput().syncUninterruptibly();
        return this;
    }

    /** Bytes that the server has not taken, for as long as they do not fit its buffers. */
    boolean isStuck() {
        return !channel.isWritable();
    }

    Certificate serverCertificate() throws SSLPeerUnverifiedException {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        handler.handshakeFuture().syncUninterruptibly();
        return handler.engine().getSession().getPeerCertificates()[0];
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
                received.append(buffer.toString(UTF_8));
                received.notifyAll();
            }
            buffer.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                end();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A reset, or a refused certificate: the end either way.
            ctx.close();
        }

        private void end() {
            synchronized (received) {
                ended = true;
                received.notifyAll();
            }
        }
    }
}
