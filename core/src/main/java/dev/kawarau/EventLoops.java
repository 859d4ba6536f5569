package dev.kawarau;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The threads that everything runs on, and the transport that they speak. Each thread serves TCP, Unix domain sockets
 * and in-VM connections alike, so a request normally crosses no thread. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
    /** How sockets are driven. */
    public enum Transport {
        /** Linux epoll; needs {@code netty-transport-native-epoll} with the platform's classifier on the class path. */
        EPOLL {
            @Override
            boolean isAvailable() {
                return Epoll.isAvailable();
            }

            @Override
            IoHandlerFactory handlers() {
                return EpollIoHandler.newFactory();
            }
        },
        /** Linux io_uring; needs {@code netty-transport-native-io_uring} with the platform's classifier. */
        IO_URING {
            @Override
            boolean isAvailable() {
                return IoUring.isAvailable();
            }

            @Override
            IoHandlerFactory handlers() {
                return IoUringIoHandler.newFactory();
            }
        },
        /** The JDK's own, available everywhere. */
        NIO {
            @Override
            boolean isAvailable() {
                return true;
            }

            @Override
            IoHandlerFactory handlers() {
                return NioIoHandler.newFactory();
            }
        };

        abstract boolean isAvailable();

        abstract IoHandlerFactory handlers();

        /** The best that works here without being asked for: epoll, else NIO. */
        public static Transport best() {
            return EPOLL.isAvailable() ? EPOLL : NIO;
        }
    }

    /** Made when first asked for, and never closed. */
    private static final class Shared {
        private static final EventLoops loops =
                made(Transport.best(), Runtime.getRuntime().availableProcessors(), false);
    }

    private final EventLoopGroup group;
    private final List<LocalAwareIoHandler> handlers;
    private final boolean owned;

    private EventLoops(EventLoopGroup group, List<LocalAwareIoHandler> handlers, boolean owned) {
        this.group = group;
        this.handlers = handlers;
        this.owned = owned;
    }

    /** The loops that every listener uses unless told otherwise: daemon threads, one for each processor. */
    public static EventLoops shared() {
        return Shared.loops;
    }

    /** New loops on the best transport. */
    public static EventLoops of(int threads) {
        return of(Transport.best(), threads);
    }

    /**
     * New loops.
     *
     * @throws IllegalArgumentException if the transport does not work on this machine
     */
    public static EventLoops of(Transport transport, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("event loops need at least one thread, not " + threads);
        }
        if (!transport.isAvailable()) {
            throw new IllegalArgumentException("transport " + transport
                    + " is not available: it needs Linux and Netty's native library for it on the class path; "
                    + Transport.best() + " is");
        }
        return made(transport, threads, true);
    }

    /** Loops that the application has already. They must be of Netty 4.2's kind, and are not closed here. */
    public static EventLoops using(EventLoopGroup group) {
        return new EventLoops(group, List.of(), false);
    }

    private static EventLoops made(Transport transport, int threads, boolean owned) {
        List<LocalAwareIoHandler> handlers = new ArrayList<>(threads);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("kawarau", true),
                LocalAwareIoHandler.factory(transport.handlers(), handlers::add));
        return new EventLoops(group, List.copyOf(handlers), owned);
    }

    /** The Netty group. */
    public EventLoopGroup group() {
        return group;
    }

    /**
     * Stops the threads, once what they do is done; blocks for at most five seconds. Loops that are shared, or the
     * application's own, run on.
     */
    @Override
    public void close() {
        if (owned) {
            if (!group.isShuttingDown()) {
                handlers.forEach(LocalAwareIoHandler::closeChannels);
            }
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
    }

    /**
     * A channel, not yet registered, by which code on a loop connects to an address. For sinks. One of TCP notices within a
     * minute that the other side is gone without a word, where the system can be told to.
     */
    public static Channel newChannel(EventLoop loop, SocketAddress remote) {
        if (remote instanceof LocalAddress) {
            return new LocalChannel();
        }
        boolean path = isPath(remote);
        if (speaks(loop, EpollIoHandle.class)) {
            return path ? new EpollDomainSocketChannel() : Keepalive.upstream(new EpollSocketChannel());
        }
        if (speaks(loop, IoUringIoHandle.class)) {
            return path ? new IoUringDomainSocketChannel() : Keepalive.upstream(new IoUringSocketChannel());
        }
        return path ? new NioDomainSocketChannel() : Keepalive.upstream(new NioSocketChannel());
    }

    static ServerChannel newServerChannel(EventLoop loop, SocketAddress local) {
        if (local instanceof LocalAddress) {
            return new LocalServerChannel();
        }
        boolean path = isPath(local);
        if (speaks(loop, EpollIoHandle.class)) {
            return path ? new EpollServerDomainSocketChannel() : new EpollServerSocketChannel();
        }
        if (speaks(loop, IoUringIoHandle.class)) {
            return path ? new IoUringServerDomainSocketChannel() : new IoUringServerSocketChannel();
        }
        return path ? new NioServerDomainSocketChannel() : new NioServerSocketChannel();
    }

    /** The kind of path address that the loop's transport understands. */
    public static SocketAddress pathAddress(EventLoop loop, Path path) {
        return speaks(loop, EpollIoHandle.class) || speaks(loop, IoUringIoHandle.class)
                ? new DomainSocketAddress(path.toString())
                : UnixDomainSocketAddress.of(path);
    }

    private static boolean isPath(SocketAddress address) {
        return address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
    }

    private static boolean speaks(EventLoop loop, Class<? extends IoHandle> handle) {
        return loop instanceof IoEventLoop io && io.isCompatible(handle);
    }
}
