package dev.kawarau.sink.redis;

import dev.kawarau.Dialer;
import dev.kawarau.Failure;
import dev.kawarau.resp.ReplyScanner;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespProtocolException;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.LoopClock;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the server: writes requests as they come and gives each the next reply. Confined to its event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

    private enum Phase {
        CONNECTING,
        READY,
        CLOSED
    }

    private final LoopConnections home;
    private final RedisSettings settings;
    private final boolean shared;
    private final LoopClock clock;
    private final ReplyScanner scanner;
    private final UpstreamTimes times;
    private final Unsent unsent = new Unsent(this);
    private final long begunNanos;

    /** Whose replies are due, in order: a {@link Trip} or a {@link ProxyCommand} each. */
    private ArrayDeque<Object> due = new ArrayDeque<>();

    private RespVersion version;
    private Phase phase = Phase.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable Cumulation cumulation;
    private @Nullable Outbound outbound;
    private @Nullable OwnConnection owner;
    private @Nullable RespMessage refusal;
    private int serverVersion;
    private boolean retired;
    private boolean dismissed;
    private String reason = "closed the connection";
    private Failure.Kind reasonKind = Failure.Kind.UNAVAILABLE;

    UpstreamConnection(LoopConnections home, RedisSettings settings, RespVersion version, boolean shared) {
        this.home = home;
        this.settings = settings;
        this.version = version;
        this.shared = shared;
        this.clock = LoopClock.of(home.loop());
        this.scanner = new ReplyScanner(settings.limits());
        this.times = new UpstreamTimes(this, settings);
        this.begunNanos = clock.nanoTime();
    }

    // --- the connection's life

    /** From here on the connection has so long to get ready, the time to find its address included. */
    void startTimeout() {
        times.begin();
    }

    void connect(SocketAddress address) {
        if (phase == Phase.CLOSED) {
            return;
        }
        settings.dialer().dial(home.loop(), address, this).addListener(done -> {
            if (!done.isSuccess()) {
                closed("is unreachable: " + Dialer.reason(done.cause()));
            }
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        cumulation = new Cumulation(ctx.alloc());
        outbound = new Outbound(ctx.channel());
        if (phase == Phase.CLOSED) {
            ctx.close();
        } else if (settings.tls() == null) {
            begin();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && phase == Phase.CONNECTING) {
            if (done.isSuccess()) {
                begin();
            } else {
                close("failed: " + Dialer.reason(done.cause()));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void begin() {
        if (settings.transparent()) {
            ready();
        } else {
            Handshake.begin(this, settings);
        }
    }

    /** The connection may be used. */
    void ready() {
        phase = Phase.READY;
        times.readyOrClosed();
        home.ready(this);
        unsent.write();
    }

    /** The server does not let the connection be used; says why, in the words of its error reply if there is one. */
    void refused(String words, @Nullable RespMessage error) {
        refusal = error;
        close(words);
    }

    /** Closes the connection because nobody needs it any more, which says nothing about the server. */
    void dismiss(String because) {
        dismissed = true;
        close(because);
    }

    void close(String because) {
        reason = because;
        if (channel != null) {
            channel.close();
        }
        closed(because);
    }

    void timedOut() {
        reasonKind = Failure.Kind.TIMEOUT;
        close("did not answer within " + TimeUnit.NANOSECONDS.toMillis(settings.requestNanos()) + " ms");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed(reason);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            log.debug("connection to {} failed", settings.server(), cause);
        } else {
            log.error("connection to {} is closed", settings.server(), cause);
        }
        close("failed: " + Dialer.reason(cause));
    }

    private void closed(String because) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean wasReady = phase == Phase.READY;
        phase = Phase.CLOSED;
        times.readyOrClosed();
        if (outbound != null) {
            outbound.close();
        }
        if (cumulation != null) {
            cumulation.close();
        }
        home.closed(this, wasReady, because);
        unsent.loseAfter(due, because);
        if (owner != null) {
            owner.lost();
        }
    }

    /** Tells a request, or a command of the proxy's own, which does not mind, that the connection is gone. */
    void lose(Object sender, String because) {
        if (sender instanceof Trip trip) {
            if (refusal != null && trip.request().command() == Commands.HELLO) {
                trip.answer(refusal);
            } else {
                trip.lost(settings.server(), because, reasonKind);
            }
        }
    }

    // --- requests

    void send(Trip trip) {
        if (phase == Phase.CLOSED && !unsent.isBeingLost()) {
            trip.lost(settings.server(), reason, reasonKind);
        } else if (phase == Phase.CLOSED || mustQueue()) {
            unsent.add(trip);
        } else {
            write(trip);
        }
    }

    /** Sends a command of the proxy's own, ahead of what waits for the connection to be ready. */
    void sendNow(byte[] command, Handshake.Step step) {
        due.add(new ProxyCommand(step, clock.nanoTime()));
        out().add(Unpooled.wrappedBuffer(command), 0, command.length);
        times.sent();
    }

    /** Sends a command of the proxy's own in turn; errors in its reply are of no interest. */
    void sendQuietly(byte[] command) {
        if (mustQueue()) {
            unsent.add(command);
        } else {
            sendNow(command, reply -> {});
        }
    }

    /** Sends a command of the proxy's own in turn, and what follows only when the server has carried it out. */
    void sendFirst(byte[] command) {
        unsent.addCondition(command);
    }

    /** Also while those that waited are written: answers to them let the client go on at once. */
    private boolean mustQueue() {
        return phase == Phase.CONNECTING || unsent.isInTheWay();
    }

    /** Writes a request at once, which is for those that need not queue. */
    void write(Trip trip) {
        trip.sentNanos = clock.nanoTime();
        trip.written = true;
        if (trip.substitute != null) {
            out().add(Unpooled.wrappedBuffer(trip.substitute), 0, trip.substitute.length);
        } else {
            trip.request().writeTo(out());
        }
        if (trip.unanswered) {
            trip.answer(RespMessage.nothing());
        } else {
            due.add(trip);
            times.sent();
        }
    }

    // --- replies

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object in) {
        if (phase == Phase.CLOSED) {
            ((ByteBuf) in).release();
            return;
        }
        clock.hold();
        times.read();
        Cumulation bytes = Objects.requireNonNull(cumulation);
        bytes.add((ByteBuf) in);
        try {
            scan(bytes);
        } catch (RespProtocolException malformed) {
            log.warn("{} sent malformed bytes: {}", settings.server(), malformed.getMessage());
            close("sent malformed bytes");
        } finally {
            clock.letGo();
        }
    }

    private void scan(Cumulation bytes) {
        ByteBuf buffer = bytes.buffer();
        while (phase != Phase.CLOSED && buffer != null && buffer.isReadable() && scanner.scan(buffer)) {
            int begin = buffer.readerIndex();
            buffer.skipBytes(scanner.frameLength());
            frame(scanner.type(), buffer, begin, scanner.frameLength());
        }
        if (phase != Phase.CLOSED) {
            bytes.trim();
        }
    }

    private void frame(byte type, ByteBuf buffer, int offset, int length) {
        Object head = due.peek();
        if (head instanceof ProxyCommand command && type != '>') {
            due.remove();
            command.step().replied(RespMessage.of(Handshake.read(buffer, offset, length)));
        } else if (owner != null) {
            owner.frame(type, buffer, offset, length, head instanceof Trip trip ? trip : null);
        } else if (head instanceof Trip trip && type != '>') {
            due.remove();
            trip.answer(RespMessage.response(trip.request(), buffer, offset, length));
            if (retired && due.isEmpty()) {
                dismiss("was replaced");
            }
        } else if (type == '-') {
            // Said before anybody asked, and the connection ends with it: "max number of clients reached".
            reason = "refused the connection: " + Handshake.read(buffer, offset, length);
        }
    }

    /** Takes the request off the queue whose reply is complete. */
    void settled() {
        due.remove();
    }

    // --- for the timeouts

    /** A {@link Trip} or a {@link ProxyCommand} that the server replies to next; null if it owes no reply. */
    @Nullable
    Object nextDue() {
        return due.peek();
    }

    /** Whether it is no failure of the server if it does not reply for long. */
    boolean mayBeSilent() {
        return phase != Phase.READY || (owner != null && owner.isBlocked() && !unsent.isHolding());
    }

    /** Nothing is under way, and may not be for long: a queue stays as large as it ever was. */
    void rest() {
        due = new ArrayDeque<>();
    }

    // --- facts

    boolean isOpen() {
        return phase != Phase.CLOSED;
    }

    boolean isReady() {
        return phase == Phase.READY;
    }

    /** Whether new requests had better go another way. */
    boolean isStalled() {
        return times.isStalled() || retired;
    }

    /** Another connection takes its place; it ends when the last request under way is answered. */
    void retire() {
        retired = true;
    }

    long begunNanos() {
        return begunNanos;
    }

    boolean isShared() {
        return shared;
    }

    boolean isDismissed() {
        return dismissed;
    }

    RespVersion version() {
        return version;
    }

    void version(RespVersion agreed) {
        version = agreed;
    }

    /** Major and minor number, as in 702 for 7.2; 0 if the server did not say. */
    int serverVersion() {
        return serverVersion;
    }

    void serverVersion(int number) {
        serverVersion = number;
    }

    void owner(@Nullable OwnConnection session) {
        owner = session;
    }

    LoopConnections home() {
        return home;
    }

    private Outbound out() {
        return Objects.requireNonNull(outbound);
    }
}
