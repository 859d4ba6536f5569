package dev.kawarau;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** The bytes that one connection makes the process hold, by where they are. Confined to its event loop. */
final class HeldBytes {
    private final ClientConnection connection;
    private final Channel channel;
    private final ExchangeQueue exchanges;

    HeldBytes(ClientConnection connection, ExchangeQueue exchanges) {
        this.connection = connection;
        this.channel = connection.channel();
        this.exchanges = exchanges;
    }

    /** All of them. */
    long all() {
        return unfinished() + exchanges.bytes() + unsent();
    }

    /** What has come of a request that is not complete. */
    int unfinished() {
        return connection.unfinishedBytes();
    }

    /** Responses that the client has not taken. */
    long unread() {
        return exchanges.replyBytes() + unsent();
    }

    /** What was given to the channel and has not left. */
    long unsent() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    /** Changes whenever the client takes bytes. */
    long unsentMark() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : 31L * System.identityHashCode(unsent.current()) + unsent.currentProgress();
    }

    /** Responses that the client has taken so far, which are held no more, to within the channel's own accounting. */
    long taken() {
        return connection.out().written() - unsent();
    }
}
