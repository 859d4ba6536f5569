/**
 * Sends requests to more than one chain. Start at whichever says what you want:
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.route.Route}: a function names the chain for each request;
 *   <li>{@link dev.kawarau.transform.route.LoadBalance}: any of several chains that are alike;
 *   <li>{@link dev.kawarau.transform.route.Scatter}: several at once, whose responses become one;
 *   <li>{@link dev.kawarau.transform.route.ParallelMap}: copies of one chain, at once.
 * </ul>
 *
 * <p>These end a chain: {@code Chain.named("orders").to(Route.by(...).build())}. They know no protocol. Like a sink, they may
 * be shared by chains and are closed by whoever made them, and so are the chains that they send to.
 *
 * <p><b>State of a session.</b> A client counts on what it told its connection before: a database or keyspace, a protocol
 * version, a name, a transaction. So requests of {@link dev.kawarau.Query.Kind#SESSION} go to the session's <i>home</i>, the
 * chain that answers them, and also to those chains that the session has been at already; a chain that it comes to later takes
 * over its version and its database or keyspace by itself. What else there is (subscriptions, unknown commands, and everything
 * from MULTI or WATCH to EXEC) stays at home. A client that one of the chains could not follow is disconnected, since it would
 * be in two places.
 *
 * <p>All of it is thread-safe; what belongs to a session runs on the session's event loop, and no request changes loops.
 */
@NullMarked
package dev.kawarau.transform.route;

import org.jspecify.annotations.NullMarked;
