/**
 * Thousands of clients, a proxy and a real {@code redis-server} that is killed, stopped and cut off again and again while
 * every reply is checked. Start at {@link dev.kawarau.benchmark.chaos.Chaos}.
 *
 * <p>Each client belongs to one event loop of the load's own; the proxy has loops of its own, in the same JVM, so that
 * what it holds can be looked at. A thread makes the faults, another one watches memory and the time.
 */
@NullMarked
package dev.kawarau.benchmark.chaos;

import org.jspecify.annotations.NullMarked;
