/**
 * The whole proxy under virtual time: {@link dev.kawarau.sink.redis.simulation.SimulationTest} is where to start. {@code
 * Run} is one run, {@code World} its time and network, {@code Upstream} and {@code RedisModel} the server, {@code Client}
 * and {@code Script} the clients, and {@code Expectation} what must hold.
 */
@NullMarked
package dev.kawarau.sink.redis.simulation;

import org.jspecify.annotations.NullMarked;
