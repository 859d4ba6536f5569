/**
 * Ends chains at Cassandra. Start at {@link dev.kawarau.sink.cassandra.CassandraSink}.
 *
 * <p>Within: the sink has a {@code Route} for each session and {@code LoopConnections} for each event loop. These keep {@code
 * Lane}s of shared {@code NodeConnection}s, one for each version and keyspace; a session that passes credentials through, or
 * asks for events, has an {@code OwnConnection}. What goes over a connection is an {@code Errand}: a client's {@code Trip}, or
 * one of the sink's own. All of it is confined to one event loop and needs no locks.
 */
@NullMarked
package dev.kawarau.sink.cassandra;

import org.jspecify.annotations.NullMarked;
