package dev.kawarau.sink.cassandra;

import dev.kawarau.cql.CqlFrameHeader;
import io.netty.buffer.ByteBuf;

/** Whom a {@link NodeConnection} serves. Told all on the connection's event loop. */
interface ConnectionOwner {
    /** TCP and TLS are up: now the owner shakes hands, and calls {@link NodeConnection#ready} in the end. */
    void connected(NodeConnection connection);

    /** The connection may be used. */
    default void ready(NodeConnection connection) {}

    /** The connection is gone, or never came to be. All that it was to carry has been told so before. */
    void closed(NodeConnection connection, boolean wasReady, String because);

    /**
     * The server sent an event.
     *
     * @param buffer borrowed
     */
    default void event(CqlFrameHeader header, ByteBuf buffer, int offset) {}
}
