/**
 * Sends requests to more than one chain. Start at whichever says what you want:
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.route.Route}: a function names the chain for each request;
 *   <li>{@link dev.kawarau.transform.route.Scatter}: several chains at once for each request, and one response of theirs;
 *   <li>{@link dev.kawarau.transform.route.LoadBalance}: any of several chains that are alike;
 *   <li>{@link dev.kawarau.transform.route.ParallelMap}: copies of one chain, which a session has all at work at once;
 *   <li>{@link dev.kawarau.transform.route.Tee}: a copy to another chain, whose answers are compared, and may take over;
 *   <li>{@link dev.kawarau.transform.route.Forward}: in the background, after the client was answered;
 *   <li>{@link dev.kawarau.transform.route.Coalesce}: down the chain, several at once.
 * </ul>
 *
 * <p>Tee, Forward and Coalesce are transforms; the others end a chain: {@code Chain.named("orders").to(Route.by(...).build())}.
 * They know no protocol. Like a sink, they may be shared by chains and are closed by whoever made them, and so are the chains
 * that they send to.
 *
 * <p><b>State of a session</b> at those that end a chain. A client counts on what it told its connection before. What that is
 * goes to the session's <i>home</i>, the chain that answers it; the others learn of it so:
 *
 * <ul>
 *   <li>What a sink finds by itself when the session comes to it (a database or keyspace, a protocol version, a name) is told
 *       to those chains that the session has been at already. One that does not follow loses the session, and finds what it
 *       missed when the session comes again; if it cannot let go, the client is disconnected, since it would be in two places.
 *   <li>What each server has to be told (AUTH, RESET, CLIENT TRACKING) goes to all chains at once, and the client is
 *       disconnected unless all do as they are told.
 *   <li>What is about the next request on the same connection (CLIENT REPLY, ASKING) is refused, and so is SELECT and the like
 *       between WATCH or MULTI and EXEC.
 *   <li>Everything else about the session stays at home: all that is between WATCH or MULTI and EXEC, subscriptions and events,
 *       what is published, unknown commands, a handshake by the client's own credentials in CQL.
 *   <li>PREPARE goes where data would; where a statement is carried out that was prepared elsewhere, the sink prepares it anew.
 * </ul>
 *
 * <p>The others are told when the home has done as it was told. Until then whatever is for them waits, and all that the session
 * sends behind it.
 *
 * <p>All of it is thread-safe; what belongs to a session runs on the session's event loop, and no request changes loops.
 */
@NullMarked
package dev.kawarau.transform.route;

import org.jspecify.annotations.NullMarked;
