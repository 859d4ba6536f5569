/**
 * Copies of data on several databases that are read and written by quorums. Start at {@link
 * dev.kawarau.transform.consistency.TunableConsistency}, which ends a chain; what it needs to know of a protocol is a
 * {@link dev.kawarau.transform.consistency.Versioning}, such as {@code RedisVersionStamp}.
 *
 * <p>All of an operation runs on the event loop of its session. What loops share is the clock, and it is thread-safe.
 */
@NullMarked
package dev.kawarau.transform.consistency;

import org.jspecify.annotations.NullMarked;
