/**
 * The whole proxy beside others: a Redis, Kawarau, twemproxy, HAProxy and a bare relay in front of it, one thread each,
 * and {@code redis-benchmark} as the client of all. Start at {@link dev.kawarau.benchmark.endtoend.EndToEnd}, the program; {@code
 * benchmarks/README.md} says how to run it and how to read what it writes.
 *
 * <p>All of it runs on the program's main thread, and all servers are processes of their own, which end with it.
 */
@NullMarked
package dev.kawarau.benchmark.endtoend;

import org.jspecify.annotations.NullMarked;
