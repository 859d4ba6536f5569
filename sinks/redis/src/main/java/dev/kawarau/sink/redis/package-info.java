/**
 * Ends chains at one Redis or Valkey server. Start at {@link dev.kawarau.sink.redis.RedisSink}, the one public type.
 *
 * <p>Each event loop has connections of its own ({@code LoopConnections}), so a request crosses no thread. Each session
 * has a {@code Route}, which sends over a shared connection, or over an {@code OwnConnection} while the session's {@code
 * ConnectionState} demands it. An {@code UpstreamConnection} writes requests and matches replies, a {@code Trip} is one
 * request under way.
 *
 * <p>Everything but {@code RedisSink} and its statistics is confined to an event loop.
 */
@NullMarked
package dev.kawarau.sink.redis;

import org.jspecify.annotations.NullMarked;
