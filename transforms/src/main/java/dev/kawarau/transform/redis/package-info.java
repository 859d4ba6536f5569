/**
 * Transforms for Redis and Valkey alone; they need {@code kawarau-protocol-resp}.
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.redis.RedisKeyPrefix} gives each tenant of a server keys and channels of its own.
 *   <li>{@link dev.kawarau.transform.redis.RedisPortsRewrite} keeps cluster clients on the proxy's side of the nodes.
 *   <li>{@link dev.kawarau.transform.redis.RedisVersionStamp} keeps versions beside values, for {@link
 *       dev.kawarau.transform.consistency.TunableConsistency} over servers that know nothing of each other.
 *   <li>{@link dev.kawarau.transform.redis.RedisComparator} tells whether two servers answered the same, for {@link
 *       dev.kawarau.transform.route.Tee}.
 *   <li>{@link dev.kawarau.transform.redis.RedisCollate} makes one answer of those of servers that hold different keys, for
 *       {@link dev.kawarau.transform.route.Scatter}.
 * </ul>
 *
 * <p>Their tests against real servers stand beside the Redis sink.
 */
@NullMarked
package dev.kawarau.transform.redis;

import org.jspecify.annotations.NullMarked;
