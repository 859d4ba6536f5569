package dev.kawarau.benchmark.endtoend;

import org.jspecify.annotations.Nullable;

/**
 * What one run of {@code redis-benchmark} gave.
 *
 * @param requestsPerSecond over the run
 * @param p50 median latency in microseconds
 * @param p99 99th percentile of the latency in microseconds
 * @param proxyCpu microseconds of CPU, user and system, that the proxy took for a request; null where there is none
 * @param serverCpu microseconds of CPU, user and system, that Redis took for a request
 */
record Run(
        double requestsPerSecond,
        double p50,
        double p99,
        @Nullable Double proxyCpu,
        double serverCpu) {}
