package dev.kawarau;

import dev.kawarau.wire.Outbound;
import io.netty.util.IllegalReferenceCountException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what goes to one client: the response of each exchange, a native error where there is none, and what was pushed.
 * Nothing that a transform did wrong with one message stops the next. Confined to the connection's loop.
 */
final class Responses implements Consumer<Exchange> {
    private static final Logger log = LoggerFactory.getLogger(Responses.class);

    private final ClientConnection connection;
    private Protocol.@Nullable ResponseEncoder encoder;

    Responses(ClientConnection connection) {
        this.connection = connection;
    }

    /** The response to an exchange, made of whichever of the two is there. */
    Message of(Exchange exchange, @Nullable Message message, @Nullable Throwable failure) {
        if (message == null) {
            return nativeError(exchange, failure);
        }
        try {
            message.size();
            return message;
        } catch (RuntimeException broken) {
            return nativeError(exchange, broken);
        }
    }

    private Message nativeError(Exchange exchange, @Nullable Throwable failure) {
        Failure known;
        if (failure instanceof Failure direct) {
            known = direct;
        } else {
            log.error("a request of {} failed in {}", connection, exchange.serving, failure);
            known = internalError(failure);
        }
        return protocol().failure(exchange.request(), known);
    }

    private static Failure internalError(@Nullable Throwable cause) {
        return new Failure(Failure.Kind.INVALID, "internal error, see the log of the proxy", true, cause);
    }

    /** Writes an exchange's response, and what was pushed meanwhile and must not overtake it. */
    @Override
    public void accept(Exchange exchange) {
        Message response = exchange.response();
        if (response != null) {
            write(exchange.request(), response);
        }
        if (exchange.pushes() != null) {
            exchange.pushes().forEach(this::push);
        }
    }

    private void write(@Nullable Message request, Message response) {
        Outbound out = connection.out();
        try {
            encoder().write(request, response, out);
        } catch (IllegalReferenceCountException released) {
            log.error(
                    "{}: a response was released before it was written; was it kept without retain()?",
                    connection,
                    released);
            encoder().write(request, protocol().failure(request, internalError(released)), out);
        }
    }

    private Protocol.ResponseEncoder encoder() {
        Protocol.ResponseEncoder known = encoder;
        if (known == null) {
            known = protocol().newEncoder(connection.session());
            encoder = known;
        }
        return known;
    }

    /** Takes a pushed message through the transforms to the client. */
    void push(Message message) {
        try {
            Message passing =
                    connection.isClosed() ? null : connection.serving().chain().onPush(connection.session(), message);
            if (passing != null) {
                encoder().write(null, passing, connection.out());
                connection.moved();
            }
            if (!connection.channel().isWritable()) {
                // Nobody asked for it, so nothing else may come by for long that counts what is held.
                connection.account();
            }
        } catch (RuntimeException thrown) {
            log.error("a pushed message for {} was dropped: a transform failed", connection, thrown);
        }
        Exchange.endPush(message);
    }

    private Protocol protocol() {
        return connection.listener().protocol();
    }
}
