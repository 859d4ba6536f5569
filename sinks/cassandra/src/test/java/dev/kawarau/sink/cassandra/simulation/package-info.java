/**
 * The whole proxy under virtual time, in front of a model of a node: {@link
 * dev.kawarau.sink.cassandra.simulation.SimulationTest} is where to start. {@code Run} is one run, {@code Node} and {@code
 * NodeSession} the server, {@code Client}, {@code Script} and {@code ClientSession} the clients, {@code Link} the end of a
 * connection that is theirs, and {@code Verdict} says whether what a client is told of a {@code Request} is right.
 */
@NullMarked
package dev.kawarau.sink.cassandra.simulation;

import org.jspecify.annotations.NullMarked;
