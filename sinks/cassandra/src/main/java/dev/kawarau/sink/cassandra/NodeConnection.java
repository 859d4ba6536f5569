package dev.kawarau.sink.cassandra;

import dev.kawarau.Dialer;
import dev.kawarau.Failure;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlFrameReader;
import dev.kawarau.cql.CqlFrameWriter;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.cql.CqlProtocolException;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.LoopClock;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.local.LocalAddress;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the server: sends errands on streams of its own, and gives each the answer on its stream. Confined to
 * its event loop.
 */
final class NodeConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(NodeConnection.class);

    private enum Phase {
        CONNECTING,
        SHAKING_HANDS,
        READY,
        CLOSED
    }

    private final LoopConnections home;
    private final CassandraSettings settings;
    private final int version;
    private final ConnectionOwner owner;
    private final LoopClock clock;
    private final Streams streams;
    private final NodeTimes times;
    private final Reprepare reprepare = new Reprepare(this);
    private final Errands sent = new Errands();
    private final Errands waiting = new Errands();

    private Phase phase = Phase.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable Cumulation cumulation;
    private @Nullable CqlFrameReader reader;
    private @Nullable CqlFrameWriter writer;
    private @Nullable Outbound outbound;
    private int timesMoved;
    private String reason = "closed the connection";
    private Failure.Kind reasonKind = Failure.Kind.UNAVAILABLE;

    NodeConnection(LoopConnections home, CassandraSettings settings, int version, ConnectionOwner owner) {
        this.home = home;
        this.settings = settings;
        this.version = version;
        this.owner = owner;
        this.clock = LoopClock.of(home.loop());
        this.streams = new Streams(settings.maxStreams());
        this.times = new NodeTimes(this, settings);
    }

    // --- the connection's life

    void connect(Dialer dialer) {
        times.begin();
        if (settings.localName() != null) {
            connectTo(dialer, new LocalAddress(settings.localName()));
            return;
        }
        dialer.resolve(home.loop(), address -> connectTo(dialer, address), why -> close("is unreachable: " + why));
    }

    private void connectTo(Dialer dialer, SocketAddress address) {
        if (phase == Phase.CLOSED) {
            return;
        }
        dialer.dial(home.loop(), address, this).addListener(done -> {
            if (!done.isSuccess()) {
                close("is unreachable: " + Dialer.reason(done.cause()));
            }
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (phase == Phase.CLOSED) {
            ctx.close();
            return;
        }
        channel = ctx.channel();
        cumulation = new Cumulation(ctx.alloc());
        reader = CqlFrameReader.ofResponses(ctx.alloc(), CqlFrameHeader.MAX_BODY_BYTES);
        writer = new CqlFrameWriter(ctx.alloc());
        outbound = new Outbound(ctx.channel());
        if (settings.tls() == null) {
            connected();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && phase == Phase.CONNECTING) {
            if (done.isSuccess()) {
                connected();
            } else {
                close("failed: " + Dialer.reason(done.cause()));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void connected() {
        phase = Phase.SHAKING_HANDS;
        owner.connected(this);
    }

    /** The connection may be used. */
    void ready() {
        phase = Phase.READY;
        times.readyOrClosed();
        owner.ready(this);
        pump();
    }

    void timedOut() {
        reasonKind = Failure.Kind.TIMEOUT;
        close(times.silence());
    }

    void close(String because) {
        if (phase == Phase.CLOSED) {
            return;
        }
        reason = because;
        boolean wasReady = phase == Phase.READY;
        phase = Phase.CLOSED;
        times.readyOrClosed();
        if (channel != null) {
            channel.close();
        }
        if (outbound != null) {
            outbound.close();
            Objects.requireNonNull(cumulation).close();
            Objects.requireNonNull(reader).close();
        }
        home.closed(this, owner instanceof Lane);
        Errand errand;
        while ((errand = sent.poll()) != null) {
            errand.lost(settings.server(), because, reasonKind);
        }
        while ((errand = waiting.poll()) != null) {
            errand.lost(settings.server(), because, reasonKind);
        }
        owner.closed(this, wasReady, because);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(reason);
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

    // --- errands

    /** Sends an errand when the connection is ready and has a stream left. */
    void send(Errand errand) {
        send(errand, waiting.isEmpty());
    }

    /** Sends an errand that others wait for: ahead of what waits for a stream, if one is left. */
    void sendAhead(Errand errand) {
        send(errand, true);
    }

    private void send(Errand errand, boolean itsTurn) {
        errand.deadlineNanos = clock.nanoTime() + settings.requestNanos();
        if (phase == Phase.CLOSED) {
            errand.lost(settings.server(), reason, reasonKind);
        } else if (phase == Phase.READY && itsTurn && streams.areLeft()) {
            write(errand);
        } else {
            waiting.add(errand);
            times.watch();
        }
    }

    /** Sends an errand of the handshake, ahead of what waits for the connection to be ready. */
    void sendNow(Errand errand) {
        errand.deadlineNanos = clock.nanoTime() + settings.connectNanos();
        if (phase == Phase.CLOSED) {
            errand.lost(settings.server(), reason, reasonKind);
        } else {
            write(errand);
        }
    }

    private void write(Errand errand) {
        streams.take(errand);
        sent.add(errand);
        if (errand.request().opcode() == CqlOpcode.STARTUP && version < 5) {
            // Cassandra compresses the very answer to STARTUP, before version 5.
            Objects.requireNonNull(reader).begin(settings.compression(), false);
        }
        Outbound out = Objects.requireNonNull(outbound);
        errand.request().writeTo(Objects.requireNonNull(writer), errand.stream(), out);
        times.watch();
    }

    private void pump() {
        while (phase == Phase.READY && streams.areLeft()) {
            Errand errand = waiting.poll();
            if (errand == null) {
                return;
            }
            write(errand);
        }
    }

    // --- answers

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
            take(bytes, Objects.requireNonNull(reader));
        } catch (CqlProtocolException malformed) {
            log.warn("{} sent malformed bytes: {}", settings.server(), malformed.getMessage());
            close("sent malformed bytes");
        } finally {
            clock.letGo();
        }
    }

    private void take(Cumulation bytes, CqlFrameReader frames) {
        ByteBuf in = bytes.buffer();
        while (phase != Phase.CLOSED && in != null && in.isReadable() && frames.read(in)) {
            CqlProtocolException unsupported = frames.unsupported();
            if (unsupported != null) {
                throw unsupported;
            }
            ByteBuf buffer = frames.buffer();
            try {
                frame(frames.header(), buffer, frames.offset());
            } finally {
                buffer.release();
            }
        }
        if (phase != Phase.CLOSED) {
            bytes.trim();
            pump();
        }
    }

    private void frame(CqlFrameHeader header, ByteBuf buffer, int offset) {
        int stream = header.stream();
        if (stream < 0) {
            owner.event(header, buffer, offset);
            return;
        }
        if (!streams.isTaken(stream)) {
            close("answered on stream " + stream + ", which nobody has");
            return;
        }
        Errand errand = streams.answered(stream);
        if (errand == Orphan.ORPHAN) {
            return;
        }
        sent.remove(errand);
        if (errand.request().opcode() == CqlOpcode.STARTUP && header.opcode() != CqlOpcode.ERROR) {
            agree();
        }
        try {
            answer(errand, header, buffer, offset);
        } catch (RuntimeException unusable) {
            // It is in no list any more, so nobody else would tell.
            errand.lost(settings.server(), "sent what cannot be used", Failure.Kind.UNAVAILABLE);
            throw unusable;
        }
    }

    private void answer(Errand errand, CqlFrameHeader header, ByteBuf buffer, int offset) {
        if (header.opcode() == CqlOpcode.ERROR && errand instanceof Trip trip && Reprepare.mayConcern(trip)) {
            reprepare.failed(trip, header, buffer, offset);
        } else {
            errand.answer(header, buffer, offset);
            if (errand.hasMovedConnection()) {
                close("was moved to another keyspace");
            }
        }
    }

    /** The answer to STARTUP was the last frame without compression and segments. */
    private void agree() {
        boolean segments = version >= 5;
        Objects.requireNonNull(reader).begin(settings.compression(), segments);
        Objects.requireNonNull(writer).begin(settings.compression(), segments);
    }

    // --- for the timeouts

    /** Those whose time has run out are told so. */
    void expire(long now) {
        Errand errand;
        while ((errand = sent.peek()) != null && errand.deadlineNanos - now <= 0) {
            sent.remove(errand);
            streams.orphan(errand);
            errand.lost(settings.server(), times.silence(), Failure.Kind.TIMEOUT);
        }
        while ((errand = waiting.peek()) != null && errand.deadlineNanos - now <= 0) {
            waiting.remove(errand);
            boolean connects = phase != Phase.READY;
            errand.lost(
                    settings.server(),
                    connects ? "could not be reached in time" : "had no stream left in time",
                    connects ? Failure.Kind.UNAVAILABLE : Failure.Kind.OVERLOADED);
        }
    }

    boolean hasWork() {
        return !sent.isEmpty() || !waiting.isEmpty();
    }

    int orphans() {
        return streams.orphans();
    }

    // --- facts

    boolean isOpen() {
        return phase != Phase.CLOSED;
    }

    boolean isReady() {
        return phase == Phase.READY;
    }

    /** Its session sends what may be a USE: the keyspace of all that comes behind may be another one. */
    void moves() {
        timesMoved++;
    }

    int timesMoved() {
        return timesMoved;
    }

    /** How much is on its way. */
    int load() {
        return streams.inUse() + waiting.size();
    }

    /** How many errands were sent. */
    long count() {
        return streams.count();
    }

    int version() {
        return version;
    }

    /** When it began to connect. */
    long begunNanos() {
        return times.begunNanos();
    }

    LoopConnections home() {
        return home;
    }

    long nanoTime() {
        return clock.nanoTime();
    }
}
