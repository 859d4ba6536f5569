/**
 * A whole proxy under virtual time: {@link dev.kawarau.testkit.simulation.World} has one event loop that the test turns, time
 * that passes only from one event to the next, and a hash of all that happened; {@link dev.kawarau.testkit.simulation.Wire} is
 * the network at the proxy's end of each connection, and {@link dev.kawarau.testkit.simulation.Pieces} cuts what it carries.
 * One seed decides everything, and {@link dev.kawarau.testkit.simulation.Seeds} runs many. What clients and servers do is up to whoever simulates a protocol.
 */
@NullMarked
package dev.kawarau.testkit.simulation;

import org.jspecify.annotations.NullMarked;
