package dev.kawarau;

import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link Listener} has to know of a protocol. For those who add one; thread-safe. */
public interface Protocol {
    /** The name that chains and sinks know the protocol by, such as {@code RESP}. */
    String name();

    /** Whether responses leave in request order. */
    boolean ordered();

    /** What cuts one connection's bytes into requests. */
    RequestDecoder newDecoder(Session session);

    /** What puts one connection's responses on the wire: their bytes as they are, if a protocol needs no more. */
    default ResponseEncoder newEncoder(Session session) {
        return ResponseEncoder.BYTES;
    }

    /**
     * Takes each request before the chain does: what belongs to the connection itself, such as who the client is and
     * what it may do, is answered here.
     */
    default Reply handle(Message request, Chain chain) {
        return chain.send(request);
    }

    /**
     * Whether another chain may take the next request of a session, as far as the listener knows: not while a request is
     * under way to the sink that may change what the session is at.
     */
    default boolean mayLeave(Session session) {
        return true;
    }

    /**
     * Brings a session beside a client's, which nobody greeted, to where the client is.
     *
     * @param copy the first request of the side session, which requests of the protocol's own can be made from
     * @return requests that are to be carried out before it
     */
    default List<Message> introduction(Session client, Message copy) {
        return List.of();
    }

    /**
     * The native error for a failure.
     *
     * @param request what failed; null for bytes that are no request, and for a connection that is refused
     * @param failure a {@link Failure}, or what a {@link RequestDecoder} threw
     * @return a message made by hand
     */
    Message failure(@Nullable Message request, RuntimeException failure);

    /** Cuts one connection's bytes into requests. Confined to the session's event loop. */
    @FunctionalInterface
    interface RequestDecoder {
        /**
         * Takes the next complete request off the buffer.
         *
         * @return the request, which holds a reference count of its own, with {@code in.readerIndex()} moved behind it;
         *     or null if more bytes are needed. It is called again with the same bytes and more behind them, perhaps in
         *     another buffer.
         * @throws RuntimeException if the bytes are malformed: the client gets {@link Protocol#failure} of it, and the
         *     connection is closed
         */
        @Nullable
        Message decode(ByteBuf in);

        /** Bytes of an unfinished request that are held here and are no longer in the buffer that it came in. */
        default int heldBytes() {
            return 0;
        }

        /** The connection takes no more requests: gives up what is held. Called once. */
        default void close() {}
    }

    /**
     * Writes what goes to one client, for a protocol that says which request a response belongs to, or wraps or
     * compresses what it sends. Confined to the session's event loop.
     */
    @FunctionalInterface
    interface ResponseEncoder {
        /** Writes the bytes of messages as they are. */
        ResponseEncoder BYTES = (request, response, out) -> response.writeTo(out);

        /**
         * Queues a response.
         *
         * @param request what it answers, as the client sent it; null for a pushed message, and for the answer to bytes
         *     that are no request
         */
        void write(@Nullable Message request, Message response, Outbound out);
    }
}
