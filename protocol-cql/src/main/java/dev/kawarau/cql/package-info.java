/**
 * CQL, the native protocol of Cassandra, in versions 3, 4 and 5. Start at {@link dev.kawarau.cql.CqlListener}, which serves
 * a chain to clients, and at {@link dev.kawarau.cql.CqlMessage}, what a transform for Cassandra alone works on; one that is
 * to work for every database takes {@link dev.kawarau.Message#query()}.
 *
 * <p>A message tells its {@linkplain dev.kawarau.cql.CqlOpcode opcode} and header at once, its {@linkplain
 * dev.kawarau.cql.CqlOperation operations} (statement, prepared id, {@linkplain dev.kawarau.cql.CqlValues values}) when
 * asked, its {@linkplain dev.kawarau.cql.CqlRows rows} through the driver's types, and all of its content through the
 * driver's codec, {@link dev.kawarau.cql.CqlCodec}. What a statement says is in {@link dev.kawarau.cql.statement}. Which
 * columns are a key comes from {@link dev.kawarau.cql.CqlSchema}, or from the server's answer to PREPARE. {@link
 * dev.kawarau.cql.CqlState} says what a connection is at.
 *
 * <p>For sinks: {@link dev.kawarau.cql.CqlFrameReader} takes frames off a connection and {@link
 * dev.kawarau.cql.CqlFrameWriter} puts them on one, compressed and in segments where that was agreed on. A message is
 * always one plain frame, so the two sides of a proxy need not agree.
 *
 * <p><b>Threads:</b> all of it is confined to the session's event loop, except what is immutable: headers, opcodes,
 * statements, and messages made by hand. <b>Ownership:</b> buffers that a message shows are views of its memory and live
 * as long as it does. No length on the wire is believed before it was compared with a limit, and nothing is allocated from
 * one. Malformed frames are a {@link dev.kawarau.cql.CqlProtocolException} and end the connection; a malformed body in a
 * whole frame is a {@link dev.kawarau.Failure} when somebody asks what is in it, and the connection goes on.
 */
@NullMarked
package dev.kawarau.cql;

import org.jspecify.annotations.NullMarked;
