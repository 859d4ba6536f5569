package dev.kawarau.sink.redis;

import dev.kawarau.EventLoops;
import dev.kawarau.Tls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** Makes the channels to a server, with TLS if the settings say so. */
final class Dialer {
    private Dialer() {}

    /**
     * Connects to an address of the server.
     *
     * @param last the handler behind TLS, if there is TLS, which it is to wait for
     * @return completes on the loop when the channel is connected, or cannot be within the time to get ready
     */
    static ChannelFuture dial(EventLoop loop, SocketAddress address, RedisSettings settings, ChannelHandler last) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, address))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        initialise(made, settings, last);
                    }
                })
                .connect(address);
    }

    private static void initialise(Channel made, RedisSettings settings, ChannelHandler last) {
        if (settings.socketPath() == null && settings.localName() == null) {
            made.config().setOption(ChannelOption.TCP_NODELAY, true);
        }
        Tls tls = settings.tls();
        if (tls != null) {
            SslHandler handler = tls.context().newHandler(made.alloc(), settings.host(), settings.port());
            handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
            made.pipeline().addLast(handler);
        }
        made.pipeline().addLast(last);
    }
}
