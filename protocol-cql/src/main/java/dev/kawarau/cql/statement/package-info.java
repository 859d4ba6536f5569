/**
 * Statements of CQL 3 as Cassandra 5.0 takes them: text to records and back. Start at {@link
 * dev.kawarau.cql.statement.CqlParser#parse}, which gives a {@link dev.kawarau.cql.statement.CqlStatement}: one of the
 * records {@link dev.kawarau.cql.statement.Select}, {@link dev.kawarau.cql.statement.Insert} and so on.
 *
 * <p>A name in a record is the real one, with its case folded if it was not quoted; {@link
 * dev.kawarau.cql.statement.CqlStatement#toCql} puts it in quotes where it must be. What it prints parses back to an
 * equal statement, so a statement can be changed by making a record that differs in one component.
 *
 * <p>All records are immutable and can be used by any thread. They check nothing that the grammar does not say: whether
 * a column exists or a type fits is the server's business.
 */
@NullMarked
package dev.kawarau.cql.statement;

import org.jspecify.annotations.NullMarked;
