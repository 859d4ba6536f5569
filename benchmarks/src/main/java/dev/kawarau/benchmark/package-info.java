/**
 * Micro-benchmarks of the parts that every message passes. Start at {@link dev.kawarau.benchmark.ChainBenchmark}, which
 * measures a message's whole way; the others take one part each, beside what could stand in its place. {@code
 * benchmarks/README.md} says how to run them and what came out.
 *
 * <p>Every state belongs to one thread. Where a proxy is needed, {@link dev.kawarau.benchmark.InVmProxy} runs all of it
 * on the thread of the benchmark.
 */
@NullMarked
package dev.kawarau.benchmark;

import org.jspecify.annotations.NullMarked;
