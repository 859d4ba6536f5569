/**
 * RESP2 and RESP3, the protocol of Redis and Valkey. Start at {@link dev.kawarau.resp.RespListener}, which serves a chain,
 * and {@link dev.kawarau.resp.RespMessage}, the typed view that a transform for Redis casts a message to.
 *
 * <p>{@link dev.kawarau.resp.RespCommands} is the table of commands: what each does, where its keys are, and what it
 * needs of a connection. {@link dev.kawarau.resp.RespValue} is any value of either version. {@link
 * dev.kawarau.resp.RespUsers} says who may do what. For those who write a sink: {@link
 * dev.kawarau.resp.ReplyScanner} finds the replies in a server's bytes, {@link dev.kawarau.resp.RespWriter} writes
 * commands, {@link dev.kawarau.resp.RespSession} keeps what listener and sink agree on.
 *
 * <p>Messages, sessions and scanners are confined to their event loop; values, limits, users and the table are immutable.
 * Every length and count on the wire is checked against {@link dev.kawarau.resp.RespLimits} before memory is taken for
 * it.
 */
@NullMarked
package dev.kawarau.resp;

import org.jspecify.annotations.NullMarked;
