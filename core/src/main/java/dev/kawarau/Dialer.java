package dev.kawarau;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the channels to one server, with TLS if there is to be TLS. For sinks; thread-safe.
 *
 * @param host name or address, also what a certificate must be for
 * @param port of the server
 * @param tls null for none
 * @param connectNanos how long a channel may take to connect, and TLS to shake hands
 */
public record Dialer(String host, int port, @Nullable Tls tls, long connectNanos) {
    /** Looks up host names, which blocks; literal addresses never come here. */
    private static final ExecutorService resolver = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "kawarau-resolver");
        thread.setDaemon(true);
        return thread;
    });

    /** What Netty's native transports put before the words of the operating system. */
    private static final Pattern NATIVE_CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /**
     * Finds the server's address without blocking.
     *
     * @param found gets the address, on the loop, and in a later turn of it: a socket that was closed in this turn may still
     *     have an event in it, and epoll knows sockets by their number alone, so a new one with the same number would get
     *     the event
     * @param failed gets the {@link #reason} on the loop, if there is no address
     */
    public void resolve(EventLoop loop, Consumer<SocketAddress> found, Consumer<String> failed) {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            loop.execute(() -> found.accept(new InetSocketAddress(host, port)));
            return;
        }
        resolver.execute(() -> {
            try {
                SocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
                loop.execute(() -> found.accept(address));
            } catch (UnknownHostException | RuntimeException unknown) {
                loop.execute(() -> failed.accept(reason(unknown)));
            }
        });
    }

    /**
     * Connects to an address of the server.
     *
     * @param last the handler behind TLS, if there is TLS, which it is to wait for
     * @return completes on the loop when the channel is connected, or cannot be within the time
     */
    public ChannelFuture dial(EventLoop loop, SocketAddress address, ChannelHandler last) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, address))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.NANOSECONDS.toMillis(connectNanos))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        initialise(made, address, last);
                    }
                })
                .connect(address);
    }

    private void initialise(Channel made, SocketAddress address, ChannelHandler last) {
        if (address instanceof InetSocketAddress) {
            made.config().setOption(ChannelOption.TCP_NODELAY, true);
        }
        if (tls != null) {
            SslHandler handler = tls.context().newHandler(made.alloc(), host, port);
            handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(connectNanos));
            made.pipeline().addLast(handler);
        }
        made.pipeline().addLast(last);
    }

    /** Says in a few words why a connection failed; the address is said elsewhere. */
    public static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown reason";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "connection timed out";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        if (cause instanceof ConnectException) {
            return "connection refused";
        }
        if (cause instanceof ClosedChannelException) {
            return "connection closed";
        }
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        Throwable root = cause.getCause() instanceof SSLException ssl ? ssl : cause;
        String message = root.getMessage();
        if (message == null) {
            return root.getClass().getSimpleName();
        }
        return NATIVE_CALL.matcher(message).replaceFirst("").replaceAll("[\r\n]+", " ");
    }
}
