package dev.kawarau.benchmark.endtoend;

import dev.kawarau.resp.ReplyScanner;
import dev.kawarau.resp.RequestScanner;
import dev.kawarau.resp.RespLimits;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The least that a multiplexing relay on Netty can do: one event loop on epoll, one connection to the server for all
 * clients, the ends of the frames, whose turn it is, and one flush for each turn of the loop. No chain, metrics, limits
 * or errors, and nothing that would make it right for commands that change a connection. What Kawarau costs beyond this
 * is what its chain, its semantics and its metrics cost.
 */
public final class BareRelay implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final ArrayDeque<Client> waiting = new ArrayDeque<>();
    private final List<Client> answered = new ArrayList<>();
    private final Channel server;
    private final Channel listener;
    private boolean flushing;

    /** Connects to the server and listens; throws what Netty throws if one of them cannot be. */
    BareRelay(InetSocketAddress listen, InetSocketAddress to) {
        server = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Server())
                .connect(to)
                .syncUninterruptibly()
                .channel();
        listener = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Client(channel));
                    }
                })
                .bind(listen)
                .syncUninterruptibly()
                .channel();
    }

    /** Takes the address to listen on and that of the server, both {@code HOST:PORT}; ends when the server hangs up. */
    public static void main(String[] arguments) {
        try (BareRelay relay = new BareRelay(address(arguments[0]), address(arguments[1]))) {
            relay.server.closeFuture().awaitUninterruptibly();
        }
    }

    private static InetSocketAddress address(String hostAndPort) {
        URI uri = URI.create("tcp://" + hostAndPort);
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Closes all connections with their loop. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Tasks run after all sockets that were ready have been read, so this is the end of the loop's turn. */
    private void flushAtTheEndOfTheTurn() {
        if (!flushing) {
            flushing = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushing = false;
        server.flush();
        for (Client client : answered) {
            client.unflushed = false;
            client.channel.flush();
        }
        answered.clear();
    }

    /** Keeps the beginning of a frame until the rest of it is there. */
    private abstract static class Frames extends ChannelInboundHandlerAdapter {
        private ByteBuf unread = Unpooled.EMPTY_BUFFER;

        /** Reads all whole frames. */
        abstract void read(ByteBuf in);

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            unread = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), unread, (ByteBuf) message);
            read(unread);
            if (!unread.isReadable()) {
                handlerRemoved(context);
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            unread.release();
            unread = Unpooled.EMPTY_BUFFER;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private final class Client extends Frames {
        private final RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        private final Channel channel;
        private boolean unflushed;

        Client(Channel channel) {
            this.channel = channel;
        }

        @Override
        void read(ByteBuf in) {
            int start = in.readerIndex();
            while (scanner.scan(in)) {
                in.skipBytes(scanner.frameLength());
                waiting.add(this);
            }
            if (in.readerIndex() > start) {
                server.write(in.retainedSlice(start, in.readerIndex() - start));
                flushAtTheEndOfTheTurn();
            }
        }

        void answer(ByteBuf replies) {
            channel.write(replies);
            if (!unflushed) {
                unflushed = true;
                answered.add(this);
                flushAtTheEndOfTheTurn();
            }
        }
    }

    private final class Server extends Frames {
        private final ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);

        /** Neighbouring replies to the same client are passed on as one piece. */
        @Override
        void read(ByteBuf in) {
            int start = in.readerIndex();
            Client last = null;
            while (scanner.scan(in)) {
                Client next = waiting.remove();
                if (next != last && last != null) {
                    last.answer(in.retainedSlice(start, in.readerIndex() - start));
                    start = in.readerIndex();
                }
                last = next;
                in.skipBytes(scanner.frameLength());
            }
            if (in.readerIndex() > start) {
                Objects.requireNonNull(last).answer(in.retainedSlice(start, in.readerIndex() - start));
            }
        }
    }
}
