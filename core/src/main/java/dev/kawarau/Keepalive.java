package dev.kawarau;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketOption;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that the other side of a silent TCP connection is gone without a word, as when its host lost power or a
 * firewall forgot it. Left to itself an operating system takes two hours.
 */
final class Keepalive {
    private static final Logger log = LoggerFactory.getLogger(Keepalive.class);

    static final int IDLE_SECONDS = 30;
    static final int INTERVAL_SECONDS = 10;
    static final int PROBES = 3;

    /**
     * How long bytes to a server may be on their way unacknowledged, during which no probes are sent: as long as the probes
     * take. Not for clients: it also counts the time that somebody does not read, for which listeners have a timeout.
     */
    static final int UNACKNOWLEDGED_MILLIS = (IDLE_SECONDS + INTERVAL_SECONDS * PROBES) * 1_000;

    private Keepalive() {}

    /** For a connection to a server. NIO cannot be told about unacknowledged bytes. */
    static <C extends Channel> C upstream(C channel) {
        probe(channel);
        if (channel instanceof EpollSocketChannel) {
            set(channel, EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
        } else if (channel instanceof IoUringSocketChannel) {
            set(channel, IoUringChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
        }
        return channel;
    }

    /** Where the system cannot be told how often to probe, it does so in its own time. Does nothing unless it is TCP. */
    static void probe(Channel channel) {
        if (!(channel instanceof SocketChannel)) {
            return;
        }
        set(channel, ChannelOption.SO_KEEPALIVE, true);
        if (channel instanceof EpollSocketChannel) {
            set(channel, EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
            set(channel, EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
            set(channel, EpollChannelOption.TCP_KEEPCNT, PROBES);
        } else if (channel instanceof IoUringSocketChannel) {
            set(channel, IoUringChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
            set(channel, IoUringChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
            set(channel, IoUringChannelOption.TCP_KEEPCNT, PROBES);
        } else if (channel instanceof NioSocketChannel) {
            set(channel, nio(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS);
            set(channel, nio(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS);
            set(channel, nio(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    }

    private static ChannelOption<Integer> nio(SocketOption<Integer> option) {
        return NioChannelOption.of(option);
    }

    private static <T> void set(Channel channel, ChannelOption<T> option, T value) {
        try {
            channel.config().setOption(option, value);
        } catch (RuntimeException unsupported) {
            log.debug("{} has no {}", channel, option, unsupported);
        }
    }
}
