/**
 * What a connection costs that does nothing. Start at {@link dev.kawarau.benchmark.idle.IdleConnections}, the program;
 * {@code benchmarks/README.md} says how to read what it prints.
 *
 * <p>The proxy is a process of its own, which ends with the program; all else runs on the program's main thread.
 */
@NullMarked
package dev.kawarau.benchmark.idle;

import org.jspecify.annotations.NullMarked;
