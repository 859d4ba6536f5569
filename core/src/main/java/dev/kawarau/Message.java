package dev.kawarau;

import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request or one response, in one protocol. There are three views of it: {@link #bytes()}, the wire bytes as they
 * came; {@link #query()}, the picture that is the same for every protocol; and the typed view that the protocol's own
 * subclass adds (for Redis {@code RespMessage}). The last two are made when first asked for.
 *
 * <p>A message does not change; a changed one is a new message.
 *
 * <p><b>Ownership:</b> all that belongs to an exchange (its request, its response, and whatever a transform put in
 * their place) is released when the exchange ends, that is when the response has been written or given up, and a
 * transform that keeps a message longer calls {@link #retain()} and {@link #release()} itself. A message made by hand,
 * outside an exchange, lives on the heap and needs neither.
 *
 * <p><b>Threads:</b> a message is used on its session's event loop. One that was {@linkplain #retain() retained} may be
 * read and released on any thread, one at a time.
 */
public abstract class Message {
    private final @Nullable Exchange exchange;
    private final boolean counted;
    private @Nullable ByteBuf wire;
    private int offset;
    private int length;
    private @Nullable ByteBuf view;

    /**
     * A request as it came from a client; its exchange begins here.
     *
     * @param wire a buffer of which this message takes over one reference count
     * @param offset where the frame begins in {@code wire}
     * @param length bytes of the frame
     */
    protected Message(Session session, ByteBuf wire, int offset, int length) {
        this.wire = wire;
        this.offset = offset;
        this.length = length;
        this.counted = true;
        this.exchange = new Exchange(session, this);
    }

    /**
     * A message of the same exchange as another: a response to it, or a request in its place.
     *
     * @param wire a buffer of which this message takes over one reference count
     * @param offset where the frame begins in {@code wire}
     * @param length bytes of the frame
     */
    protected Message(Message origin, ByteBuf wire, int offset, int length) {
        this.wire = wire;
        this.offset = offset;
        this.length = length;
        this.counted = true;
        this.exchange = origin.exchange();
        exchange.own(this);
    }

    /**
     * A message without wire bytes as yet: {@link #encode()} makes them when they are first needed.
     *
     * <p>Its memory is on the heap, so nobody has to release it and anybody may keep it.
     *
     * @param origin a message of the exchange that this one is to belong to, or null for a message made by hand
     */
    protected Message(@Nullable Message origin) {
        this.counted = false;
        this.exchange = origin == null ? null : origin.exchange;
    }

    /**
     * The wire bytes of a message that was made from values. Called at most once, and only for a message that was made
     * without a buffer. The buffer must be on the heap and not pooled, since nothing releases it.
     */
    protected ByteBuf encode() {
        throw new IllegalStateException(getClass().getSimpleName() + " has neither wire bytes nor encode()");
    }

    /**
     * The client connection that this message belongs to.
     *
     * @throws IllegalStateException if the message was made by hand, outside an exchange
     */
    public final Session session() {
        return exchange().session();
    }

    /** Whether the message belongs to an exchange, and so has a {@link #session()}. */
    public final boolean hasSession() {
        return exchange != null;
    }

    /**
     * The wire bytes, a read-only view that shares the message's memory and lives as long as the message. It may hold
     * no bytes at all: a response of no bytes writes nothing to the client.
     */
    public final ByteBuf bytes() {
        ByteBuf bytes = view;
        if (bytes == null) {
            bytes = wire().slice(offset, length).asReadOnly();
            view = bytes;
        }
        return bytes.duplicate();
    }

    /** Bytes on the wire. */
    public final int size() {
        wire();
        return length;
    }

    /** Whether the exchange of this message has ended: its response was written, or found the client gone. */
    public final boolean isOver() {
        return exchange != null && exchange.hasEnded();
    }

    /** The protocol-neutral picture of a request; of a response, {@link Query#NONE}. */
    public abstract Query query();

    /** Whether this is a response that reports an error, in the protocol's own sense. */
    public abstract boolean isError();

    /**
     * What a request is answered with whenever it is carried out, such as {@code +OK}; null if that depends on the data or is
     * not known, as for most requests. For those who answer before the database does.
     */
    public @Nullable Message acknowledgement() {
        return null;
    }

    /**
     * A copy of a request for another session of the same protocol, which shares its memory. It begins an exchange of its
     * own; {@link SideSession} sends it and ends that.
     */
    protected Message copyFor(SideSession session) {
        throw new UnsupportedOperationException("a " + getClass().getSimpleName() + " cannot be copied");
    }

    /**
     * This response, as that to another request of the same {@linkplain Query#identity() identity}: it shares the memory, and
     * ends with the exchange of that request.
     *
     * @param request on the same event loop
     */
    public Message answering(Message request) {
        throw new UnsupportedOperationException("a " + getClass().getSimpleName() + " answers one request only");
    }

    /**
     * Keeps the message's memory beyond the end of its exchange. Each call is matched by one {@link #release()}.
     *
     * @return this
     */
    public final Message retain() {
        if (counted && wire != null) {
            wire.retain();
        }
        return this;
    }

    /** Gives up what {@link #retain()} kept. */
    public final void release() {
        if (counted && wire != null) {
            wire.release();
        }
    }

    /** Queues the wire bytes on a connection, without a copy where that is cheaper. For sinks and listeners. */
    public final void writeTo(Outbound outbound) {
        ByteBuf buffer = wire();
        if (length > 0) {
            outbound.add(buffer, offset, length);
        }
    }

    /** The buffer that holds the frame, from {@link #offset()} on; for the views that subclasses add. */
    protected final ByteBuf wire() {
        ByteBuf buffer = wire;
        if (buffer == null) {
            buffer = encode();
            wire = buffer;
            offset = buffer.readerIndex();
            length = buffer.readableBytes();
        }
        return buffer;
    }

    /** Where the frame begins in {@link #wire()}. */
    protected final int offset() {
        return offset;
    }

    final @Nullable Exchange exchangeOrNull() {
        return exchange;
    }

    final Exchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("this " + getClass().getSimpleName()
                    + " was made by hand and belongs to no session; make it from the request at hand");
        }
        return exchange;
    }
}
