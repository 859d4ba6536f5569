/**
 * {@code TunableConsistency} with {@code RedisVersionStamp} under virtual time: proxies whose clocks differ, clients that
 * pipeline, and servers that crash, pause and are cut off, by seed. Start at {@link
 * dev.kawarau.transform.consistency.simulation.QuorumSimulationTest}.
 */
@NullMarked
package dev.kawarau.transform.consistency.simulation;

import org.jspecify.annotations.NullMarked;
