/** A bare client of Cassandra, for those who measure and torment proxies. */
@NullMarked
package dev.kawarau.benchmark.cql;

import org.jspecify.annotations.NullMarked;
