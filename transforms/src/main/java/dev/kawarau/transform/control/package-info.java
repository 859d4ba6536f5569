/**
 * Transforms that decide whether a request goes on, when, and how often. Start at whichever says what you want:
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.control.Throttle} lets so many requests a second pass;
 *   <li>{@link dev.kawarau.transform.control.ConcurrencyLimit} lets so many be under way at a time;
 *   <li>{@link dev.kawarau.transform.control.Timeout} fails what has no reply after so long;
 *   <li>{@link dev.kawarau.transform.control.Retry} sends again what failed, if that is safe;
 *   <li>{@link dev.kawarau.transform.control.CircuitBreaker} sends nothing to a database that fails;
 *   <li>{@link dev.kawarau.transform.control.Collapse} lets identical reads share one;
 *   <li>{@link dev.kawarau.transform.control.FaultInjection} delays, loses and fails requests by chance.
 * </ul>
 *
 * <p>One object serves every connection and every event loop, so all of them are thread-safe. They know no protocol: what
 * they look at is {@link dev.kawarau.Message#query()}, and what they refuse becomes the native error of the client's
 * protocol. Those that let requests wait keep the order of each session that has one
 * ({@link dev.kawarau.Session#isOrdered()}). All time is that of the event loop.
 */
@NullMarked
package dev.kawarau.transform.control;

import org.jspecify.annotations.NullMarked;
