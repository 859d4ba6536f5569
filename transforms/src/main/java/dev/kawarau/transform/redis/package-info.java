/**
 * Transforms for Redis and Valkey alone; they need {@code kawarau-protocol-resp}.
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.redis.RedisVersionStamp} keeps versions beside values, for {@link
 *       dev.kawarau.transform.consistency.TunableConsistency} over servers that know nothing of each other.
 * </ul>
 */
@NullMarked
package dev.kawarau.transform.redis;

import org.jspecify.annotations.NullMarked;
