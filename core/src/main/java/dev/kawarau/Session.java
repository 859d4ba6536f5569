package dev.kawarau;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a {@link Listener}. State that belongs to one connection lives here, under a {@link Key}, so
 * that one transform object can serve every connection.
 *
 * <p><b>Threads:</b> everything of one session runs on its {@link #loop()}; only {@link #loop()}, {@link #id()} and the
 * addresses may be asked for elsewhere.
 */
public interface Session {
    /** Unique in this process, counting up. */
    long id();

    /** The protocol's name, such as {@code RESP}. */
    String protocol();

    /** Whether the client takes responses in the order of its requests, and so may count on that order (RESP; not CQL). */
    boolean isOrdered();

    /** Where the client connected from. */
    SocketAddress remoteAddress();

    /** Where the client connected to. */
    SocketAddress localAddress();

    /** The TLS session, with the client's certificate if it showed one; null without TLS. */
    @Nullable
    SSLSession tls();

    /** The event loop that everything of this session runs on. Blocking it stalls every session that shares it. */
    EventLoop loop();

    /** Where memory for this session's messages comes from. */
    ByteBufAllocator alloc();

    /** The event loop's clock, in nanoseconds since some moment. Under test it is virtual; never ask {@code System}. */
    long nanoTime();

    /** The value kept under a key, or null. */
    <T> @Nullable T get(Key<T> key);

    /** Keeps a value for the life of the connection; null removes it. */
    <T> void set(Key<T> key, @Nullable T value);

    /** Runs an action on the event loop when the connection is gone; at once if it is gone already. */
    void onClose(Runnable action);

    /**
     * Runs an action on the event loop when the client will send no more: it shut down its side, or the connection is
     * gone. What a client waits for that hung up, it may never read.
     */
    void onHangUp(Runnable action);

    /** Whether the connection is open and not about to close. */
    boolean isOpen();

    /**
     * Sends the client a message that answers no request, through the transforms that asked for it
     * ({@link Transform#onPush}). The session takes over the message's memory.
     *
     * @param after if not null, a request of this session that the message must not overtake the response of
     */
    void push(Message message, @Nullable Message after);

    /** Takes no more requests, and closes the connection once every reply that is due has been written. */
    void close();

    /**
     * Takes no more requests, and closes the connection at once, as if it were cut: replies that are due are not written.
     * What is under way is carried out all the same.
     */
    void abort();

    /** A key for per-connection state. Keys are few and live in static fields. */
    @SuppressWarnings("UnusedTypeParameter") // it types what is kept under the key
    final class Key<T> {
        private static final AtomicInteger count = new AtomicInteger();
        private final String name;
        private final int index = count.getAndIncrement();

        private Key(String name) {
            this.name = name;
        }

        /** A new key, distinct from every other; the name is for people. */
        public static <T> Key<T> named(String name) {
            return new Key<>(name);
        }

        int index() {
            return index;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
