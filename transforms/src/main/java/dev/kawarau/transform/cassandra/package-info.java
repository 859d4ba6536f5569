/**
 * Transforms for Cassandra alone; they need {@code kawarau-protocol-cql}. {@link
 * dev.kawarau.transform.cassandra.CassandraPeersRewrite} keeps drivers that discover nodes on the proxy's side of them;
 * {@link dev.kawarau.transform.cassandra.CassandraComparator} tells whether two clusters answered the same.
 */
@NullMarked
package dev.kawarau.transform.cassandra;

import org.jspecify.annotations.NullMarked;
