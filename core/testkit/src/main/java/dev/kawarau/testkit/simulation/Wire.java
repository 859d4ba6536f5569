package dev.kawarau.testkit.simulation;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The network at the proxy's end of a connection: in-VM channels take everything at once and close both ways together,
 * which sockets do not.
 */
public final class Wire extends ChannelDuplexHandler {
    /** What a client sends that shuts down its side, after its last bytes. */
    public static final Object END = new Object() {
        @Override
        public String toString() {
            return "end";
        }
    };

    private final Map<SocketAddress, Wire> wires;
    private @Nullable ChannelHandlerContext context;
    private @Nullable SocketAddress outside;
    private boolean full;
    private boolean flushed;
    private boolean ended;

    Wire(Map<SocketAddress, Wire> wires) {
        this.wires = wires;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        Channel channel = ctx.channel();
        outside = channel.parent() != null ? channel.remoteAddress() : channel.localAddress();
        wires.put(outside, this);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (outside != null) {
            wires.remove(outside);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object in) {
        if (in == END) {
            ended = true;
            // Never in the middle of a read, as with sockets.
            ctx.executor().execute(() -> ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE));
        } else {
            ctx.fireChannelRead(in);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (full) {
            flushed = true;
        } else {
            ctx.flush();
        }
    }

    /** The other side takes no more bytes for now. */
    public void fill() {
        full = true;
    }

    /** The other side takes bytes again. */
    public void drain() {
        full = false;
        if (flushed && context != null) {
            flushed = false;
            context.flush();
        }
    }

    /** Reads on to the end even if nobody asked to, as epoll does once the other side has shut down. */
    public void readToEnd() {
        for (int i = 0;
                i < 1000 && !ended && context != null && context.channel().isActive();
                i++) {
            context.channel().read();
        }
    }
}
