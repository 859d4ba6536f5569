package dev.kawarau.sink.redis;

import dev.kawarau.EventLoops;
import dev.kawarau.Failure;
import dev.kawarau.Tls;
import dev.kawarau.resp.ReplyScanner;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespProtocolException;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.LoopClock;
import dev.kawarau.wire.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
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

    private static final long STALL = TimeUnit.SECONDS.toNanos(1);

    private enum Phase {
        CONNECTING,
        READY,
        CLOSED
    }

    /** What a reply belongs to: a client's request, or a command of the proxy's own, of which it sees the reply. */
    private record Internal(Handshake.Step step, long sentNanos) {}

    /** A command of the proxy's own without which nothing behind it may be carried out. */
    private static final class Condition {
        private final byte[] command;

        private Condition(byte[] command) {
            this.command = command;
        }
    }

    private final LoopConnections home;
    private final RedisSettings settings;
    private final boolean shared;
    private final LoopClock clock;
    private final ReplyScanner scanner;
    private final long begunNanos;
    private ArrayDeque<Object> due = new ArrayDeque<>();
    private ArrayDeque<Object> unsent = new ArrayDeque<>(1);
    private RespVersion version;
    private Phase phase = Phase.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable Cumulation cumulation;
    private @Nullable Outbound outbound;
    private @Nullable OwnConnection owner;
    private @Nullable RespMessage refusal;
    private @Nullable ScheduledFuture<?> timeout;
    private int serverVersion;
    private long lastRead;
    private boolean holding;
    private boolean checking;
    private boolean stalled;
    private boolean retired;
    private boolean dismissed;
    private boolean failing;
    private String reason = "closed the connection";
    private Failure.Kind reasonKind = Failure.Kind.UNAVAILABLE;

    UpstreamConnection(LoopConnections home, RedisSettings settings, RespVersion version, boolean shared) {
        this.home = home;
        this.settings = settings;
        this.version = version;
        this.shared = shared;
        this.clock = LoopClock.of(home.loop());
        this.scanner = new ReplyScanner(settings.limits());
        this.begunNanos = clock.nanoTime();
    }

    // --- the connection's life

    /** From here on the connection has so long to get ready, the time to find its address included. */
    void startTimeout() {
        timeout = home.loop().schedule(this::connectTimeout, settings.connectNanos(), TimeUnit.NANOSECONDS);
    }

    void connect(SocketAddress address) {
        if (phase == Phase.CLOSED) {
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(home.loop())
                .channelFactory(() -> EventLoops.newChannel(home.loop(), address))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        initialise(made);
                    }
                })
                .connect(address);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                closed("is unreachable: " + Reason.of(done.cause()));
            }
        });
    }

    private void initialise(Channel made) {
        if (settings.socketPath() == null && settings.localName() == null) {
            made.config().setOption(ChannelOption.TCP_NODELAY, true);
        }
        Tls tls = settings.tls();
        if (tls != null) {
            SslHandler handler = tls.context().newHandler(made.alloc(), settings.host(), settings.port());
            handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
            made.pipeline().addLast(handler);
        }
        made.pipeline().addLast(this);
    }

    /** Else it would keep a connection in memory that has come and gone before. */
    private void endTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    private void connectTimeout() {
        if (phase == Phase.CONNECTING) {
            close("did not get ready within " + TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()) + " ms");
        }
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
                close("failed: " + Reason.of(done.cause()));
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
        endTimeout();
        home.ready(this);
        writeUnsent();
    }

    private void writeUnsent() {
        Object next;
        while (!holding && phase == Phase.READY && (next = unsent.poll()) != null) {
            write(next);
        }
        if (unsent.isEmpty()) {
            // A queue stays as large as it ever was, and this one was needed for the last time.
            unsent = new ArrayDeque<>(1);
        }
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
        close("failed: " + Reason.of(cause));
    }

    private void closed(String because) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean wasReady = phase == Phase.READY;
        phase = Phase.CLOSED;
        endTimeout();
        if (outbound != null) {
            outbound.close();
        }
        if (cumulation != null) {
            cumulation.close();
        }
        home.closed(this, wasReady, because);
        failing = true;
        failAll(due, because);
        failAll(unsent, because);
        failing = false;
        if (owner != null) {
            owner.lost();
        }
    }

    private void failAll(ArrayDeque<Object> queue, String because) {
        Object next;
        while ((next = queue.poll()) != null) {
            if (next instanceof Trip trip) {
                if (refusal != null && trip.request().command() == Commands.HELLO) {
                    trip.answer(refusal);
                } else {
                    trip.lost(settings.server(), because, reasonKind);
                }
            }
        }
    }

    // --- requests

    void send(Trip trip) {
        enqueue(trip);
    }

    /** Sends a command of the proxy's own, ahead of what waits for the connection to be ready. */
    void sendNow(byte[] command, Handshake.Step step) {
        due.add(new Internal(step, clock.nanoTime()));
        out().add(Unpooled.wrappedBuffer(command), 0, command.length);
        startChecking();
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
        unsent.add(new Condition(command));
        writeUnsent();
    }

    private void hold(byte[] command) {
        holding = true;
        sendNow(command, reply -> {
            holding = false;
            if (reply.isError()) {
                close("refused what the session had before: " + reply.value());
            } else {
                writeUnsent();
            }
        });
    }

    private void enqueue(Trip trip) {
        if (failing) {
            // An answer let the client go on: what it sends now is lost after what it sent before.
            trip.keep();
            unsent.add(trip);
        } else if (phase == Phase.CLOSED) {
            trip.lost(settings.server(), reason, reasonKind);
        } else if (mustQueue()) {
            trip.keep();
            unsent.add(trip);
        } else {
            write(trip);
        }
    }

    /** Also while those that waited are written: answers to them let the client go on at once. */
    private boolean mustQueue() {
        return phase == Phase.CONNECTING || holding || !unsent.isEmpty();
    }

    private void write(Object next) {
        if (next instanceof byte[] command) {
            sendNow(command, reply -> {});
            return;
        }
        if (next instanceof Condition condition) {
            hold(condition.command);
            return;
        }
        Trip trip = (Trip) next;
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
            startChecking();
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
        lastRead = clock.nanoTime();
        stalled = false;
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
        if (head instanceof Internal internal && type != '>') {
            due.remove();
            internal.step.replied(RespMessage.of(Handshake.read(buffer, offset, length)));
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

    // --- timeouts

    private void startChecking() {
        if (!checking) {
            checking = true;
            home.loop().schedule(this::check, Math.min(STALL, settings.requestNanos()) / 4, TimeUnit.NANOSECONDS);
        }
    }

    private void check() {
        checking = false;
        Object head = due.peek();
        if (phase == Phase.CLOSED) {
            return;
        }
        if (head == null) {
            // A queue stays as large as it ever was, and a connection may be idle from here on.
            due = new ArrayDeque<>();
            return;
        }
        long sent = head instanceof Trip trip ? trip.sentNanos : ((Internal) head).sentNanos;
        long since = Math.max(sent, lastRead);
        boolean mayWait = phase != Phase.READY || (owner != null && owner.isBlocked() && !holding);
        long silent = clock.nanoTime() - since;
        stalled = silent > STALL;
        if (!mayWait && silent > settings.requestNanos()) {
            timedOut();
        } else {
            startChecking();
        }
    }

    // --- facts

    boolean isOpen() {
        return phase != Phase.CLOSED;
    }

    /**
     * Whether the server has been busy with one request for so long that new ones had better go another way: it reads
     * nothing more from a connection whose script it runs, but answers BUSY on others.
     */
    boolean isStalled() {
        return stalled || retired;
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
