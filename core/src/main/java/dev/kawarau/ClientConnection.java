package dev.kawarau;

import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.LoopClock;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its {@link Requests} go down the chain, and its {@link Responses} are written in order. Everything here
 * runs on the connection's event loop, except {@link #drain}, {@link #abort}, {@link #leave}, {@link #begin} and
 * {@link #budgetMayHaveRoom}, which move there.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    private final Listener listener;
    private final Channel channel;
    private final ClientSession session = new ClientSession(this);
    private final ReadGate gate;
    private final ConnectionTimes times;
    private final HeldBytes bytes;
    private @Nullable LoopClock clock;
    private @Nullable Outbound outbound;

    private final Requests requests;
    private final Responses responses = new Responses(this);
    private final ExchangeQueue exchanges;
    private @Nullable Serving serving;
    private boolean closing;
    private boolean closed;

    ClientConnection(Listener listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        Cumulation cumulation = new Cumulation(channel.alloc());
        this.exchanges = new ExchangeQueue(listener.protocol().ordered(), responses);
        this.bytes = new HeldBytes(this, exchanges);
        this.gate = new ReadGate(this, bytes);
        this.times = new ConnectionTimes(this, bytes);
        this.requests = new Requests(this, gate, times, cumulation, exchanges);
    }

    // --- the connection's life

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        clock = LoopClock.of(channel.eventLoop());
        outbound = new Outbound(channel);
        gate.pause(ReadGate.NOT_ADMITTED);
        if (listener.admit(this)) {
            begin();
        }
    }

    void begin() {
        if (!loop().inEventLoop()) {
            loop().execute(this::begin);
            return;
        }
        if (closed) {
            return;
        }
        requests.begin();
        listener.stats().opened();
        times.begin();
        gate.resume(ReadGate.NOT_ADMITTED);
    }

    void refuse(Failure failure) {
        closing = true;
        if (listener.settings().tls != null) {
            // The words would have to wait for the handshake, and the connection with them.
            abort();
            return;
        }
        listener.protocol().failure(null, failure).writeTo(out());
        closeWhenAnswered();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean hadBegun = requests.haveBegun();
        closed = true;
        closing = true;
        out().close();
        requests.close();
        times.end();
        session.ended();
        exchanges.close();
        gate.close();
        listener.gone(this, !exchanges.isEmpty());
        if (hadBegun) {
            listener.stats().closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            log.debug("connection {} from {} ended: {}", id(), channel.remoteAddress(), cause.toString());
        } else {
            log.warn("connection {} from {} is closed", id(), channel.remoteAddress(), cause);
        }
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            session.hungUp();
            requests.inputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    // --- requests

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object in) {
        if (closing) {
            ((ByteBuf) in).release();
            return;
        }
        clock().hold();
        try {
            times.moved();
            int bytes = ((ByteBuf) in).readableBytes();
            requests.read((ByteBuf) in);
            gate.read(bytes);
        } finally {
            clock().letGo();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        gate.account();
    }

    /** Goes on with what was read before a pause. */
    void decode() {
        requests.decode();
    }

    /** Malformed bytes: earlier requests are answered, then the error goes out, and the connection closes. */
    void violation(RuntimeException malformed) {
        if (closing) {
            return;
        }
        listener.stats().malformed();
        log.debug(
                "connection {} from {} sent malformed bytes: {}",
                id(),
                channel.remoteAddress(),
                malformed.getMessage());
        Exchange last = new Exchange(session, null);
        exchanges.add(last);
        close();
        exchanges.answer(last, listener.protocol().failure(null, malformed));
        settled();
    }

    // --- responses

    void completed(Exchange exchange, @Nullable Message message, @Nullable Throwable failure) {
        if (exchange.answered) {
            return;
        }
        Message response = responses.of(exchange, message, failure);
        if (exchange.stats != null) {
            exchange.stats.end(clock().nanoTime() - exchange.startNanos, TransformNode.failed(response));
        }
        if (closed) {
            exchange.answer(response);
            exchanges.drop(exchange);
            if (exchanges.isEmpty()) {
                listener.isDone(this);
            }
            return;
        }
        if (exchanges.answer(exchange, response)) {
            settled();
        }
    }

    private void settled() {
        if (serving != listener.serving() && exchanges.isEmpty()) {
            // Once whoever was told of the reply is done with it.
            loop().execute(this::move);
        }
        if (closing && exchanges.isEmpty()) {
            closeWhenAnswered();
        } else {
            times.moved();
            gate.account();
            if (exchanges.size() <= listener.settings().maxInFlight / 2) {
                gate.resume(ReadGate.IN_FLIGHT);
            }
        }
    }

    private void closeWhenAnswered() {
        out().flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.account();
    }

    void push(Message message, @Nullable Message after) {
        Exchange earlier = after == null ? null : after.exchangeOrNull();
        if (earlier != null && !earlier.hasEnded() && !closed) {
            if (earlier.connection == this) {
                exchanges.pushAfter(earlier, message);
                gate.account();
            } else {
                // Of a request that a transform introduced: nothing is written for that.
                earlier.pushAfter(message);
            }
        } else {
            responses.push(message);
        }
    }

    // --- what others ask of the connection

    /** Completes when this connection has nothing on a chain that is no longer served. */
    CompletableFuture<Void> leave(Serving old) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        onLoop(done, () -> {
            exchanges.leave(old, done);
            if (serving != null) {
                move();
            }
        });
        return done;
    }

    /** The chain for the next request: the one that the listener serves, once the session can leave the one before. */
    Serving move() {
        Serving latest = listener.serving();
        Serving now = serving;
        if (now == null || (now != latest && !closed && mayLeave(now, latest))) {
            serving = latest;
            exchanges.servedBy(latest);
            return latest;
        }
        return now;
    }

    /** Something that kept the session on a chain that is no longer served may be over. */
    void reconsider() {
        if (serving != null && serving != listener.serving()) {
            loop().execute(this::move);
        }
    }

    private boolean mayLeave(Serving old, Serving latest) {
        return listener.protocol().mayLeave(session) && old.mayLeave(session, latest);
    }

    /** The chain that the session is on. */
    Serving serving() {
        return serving == null ? listener.serving() : serving;
    }

    /** Does something on the loop; if that has ended, so has the connection, and there is nothing to wait for. */
    private void onLoop(CompletableFuture<Void> future, Runnable action) {
        try {
            loop().execute(action);
        } catch (RejectedExecutionException ended) {
            future.complete(null);
        }
    }

    /** Closes when every reply that is due was written; completes when the connection is gone. */
    CompletableFuture<Void> drain() {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        channel.closeFuture().addListener(done -> gone.complete(null));
        onLoop(gone, this::close);
        return gone;
    }

    /** Closes at once. */
    void abort() {
        channel.close();
    }

    /** The process holds all that it may, and this client is the one who does not take what it asked for. */
    void abortUnread() {
        log.warn(
                "{} is closed: it left {} bytes of replies unread, and the byte budget is used up",
                this,
                bytes.unread());
        abort();
    }

    void budgetMayHaveRoom() {
        loop().execute(gate::wokenByBudget);
    }

    // --- for the parts of the connection

    Channel channel() {
        return channel;
    }

    Listener listener() {
        return listener;
    }

    LoopClock clock() {
        LoopClock known = clock;
        return known != null ? known : LoopClock.of(loop());
    }

    /** What has come of a request that is not complete, in bytes. */
    int unfinishedBytes() {
        return requests.heldBytes();
    }

    int inFlight() {
        return exchanges.size();
    }

    boolean isClosed() {
        return closed;
    }

    /** Bytes may have left without an event. */
    void account() {
        gate.account();
    }

    void wasNotRead(long nanos) {
        times.wasNotRead(nanos);
    }

    boolean isReading() {
        return gate.isOpen();
    }

    Outbound out() {
        Outbound known = outbound;
        if (known == null) {
            known = new Outbound(channel);
            outbound = known;
        }
        return known;
    }

    void moved() {
        times.moved();
    }

    ClientSession session() {
        return session;
    }

    // --- for the session

    boolean isOpen() {
        return !closing;
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    /** Takes no more requests, and closes when every reply that is due was written. */
    void close() {
        if (takesNoMore() && exchanges.isEmpty()) {
            closeWhenAnswered();
        }
    }

    /** Takes no more requests, not even those that were read, and closes at once. */
    void cut() {
        takesNoMore();
        abort();
    }

    /** Whether it did until now. */
    private boolean takesNoMore() {
        if (closing) {
            return false;
        }
        closing = true;
        gate.discard();
        requests.close();
        return true;
    }

    private long id() {
        return session.id();
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
