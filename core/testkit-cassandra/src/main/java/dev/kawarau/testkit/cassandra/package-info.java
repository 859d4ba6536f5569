/**
 * Cassandra for tests: {@link dev.kawarau.testkit.cassandra.CassandraServer} is a real node, in a JVM of
 * its own; {@link dev.kawarau.testkit.cassandra.CassandraGrammar} is its parser, in this one.
 *
 * <p>Cassandra brings Netty 4.1 and some hundred other jars, so it is on no class path of ours: they are taken from the
 * local Maven repository when they are needed, and seen by nobody else.
 */
@NullMarked
package dev.kawarau.testkit.cassandra;

import org.jspecify.annotations.NullMarked;
