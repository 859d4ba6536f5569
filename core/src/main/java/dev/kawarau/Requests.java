package dev.kawarau;

import dev.kawarau.wire.Cumulation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Cuts what one client sends into requests, and sends each down the chain. Confined to the connection's event loop. */
final class Requests {
    private final ClientConnection connection;
    private final Listener listener;
    private final ReadGate gate;
    private final ConnectionTimes times;
    private final Cumulation cumulation;
    private final ExchangeQueue exchanges;
    private Protocol.@Nullable RequestDecoder decoder;
    private boolean decoding;
    private boolean inputEnded;
    private boolean closed;

    Requests(
            ClientConnection connection,
            ReadGate gate,
            ConnectionTimes times,
            Cumulation cumulation,
            ExchangeQueue exchanges) {
        this.connection = connection;
        this.listener = connection.listener();
        this.gate = gate;
        this.times = times;
        this.cumulation = cumulation;
        this.exchanges = exchanges;
    }

    void begin() {
        decoder = listener.protocol().newDecoder(connection.session());
    }

    boolean haveBegun() {
        return decoder != null;
    }

    /** Takes bytes from the client; the buffer is this object's from here on. */
    void read(ByteBuf in) {
        cumulation.add(in);
        decode();
    }

    /** Hands every complete request to the chain, for as long as nothing asks for a pause. */
    void decode() {
        if (decoding || decoder == null) {
            return;
        }
        decoding = true;
        boolean progress = false;
        try {
            while (gate.isOpen() && connection.isOpen()) {
                ByteBuf in = cumulation.buffer();
                Message request = in == null || !in.isReadable() ? null : decoder.decode(in);
                if (request == null) {
                    break;
                }
                progress = true;
                dispatch(request);
            }
        } catch (RuntimeException malformed) {
            connection.violation(malformed);
        } finally {
            decoding = false;
        }
        if (connection.isOpen()) {
            cumulation.trim();
            times.frame(heldBytes() > 0, progress);
            if (inputEnded && gate.isOpen()) {
                connection.close();
            }
        }
    }

    private void dispatch(Message request) {
        Exchange exchange = request.exchange();
        Serving chain = connection.move();
        exchange.connection = connection;
        exchange.serving = chain;
        exchange.startNanos = connection.clock().nanoTime();
        exchange.stats = chain.stats(connection.loop());
        if (exchange.stats != null) {
            exchange.stats.begin();
        }
        exchanges.add(exchange);
        if (exchanges.size() >= listener.settings().maxInFlight) {
            gate.pause(ReadGate.IN_FLIGHT);
        }
        Reply reply;
        try {
            reply = listener.protocol().handle(request, chain);
        } catch (RuntimeException thrown) {
            reply = Reply.failed(thrown);
        }
        reply.deliver(exchange);
    }

    /** The client sends nothing more. */
    void inputEnded() {
        inputEnded = true;
        // What was read while nothing could be taken is still to be served.
        if (gate.isOpen() || decoder == null) {
            connection.close();
        }
    }

    /** What has come of a request that is not complete. */
    int heldBytes() {
        return cumulation.size() + (decoder == null ? 0 : decoder.heldBytes());
    }

    /** Takes no more requests, and lets go of what has come of the next. */
    void close() {
        cumulation.close();
        if (decoder != null && !closed) {
            closed = true;
            decoder.close();
        }
    }
}
