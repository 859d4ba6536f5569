/**
 * CQL in one command: {@link dev.kawarau.sample.cassandra.CassandraQuickstart} starts a Cassandra, puts a chain in front
 * of it, and talks to it.
 */
@NullMarked
package dev.kawarau.sample.cassandra;

import org.jspecify.annotations.NullMarked;
