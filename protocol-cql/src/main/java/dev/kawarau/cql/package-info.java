/**
 * The beginning of CQL, the native protocol of Cassandra, in versions 3, 4 and 5. Start at {@link
 * dev.kawarau.cql.CqlFrameScanner}, which finds where the frames of a connection end; {@link
 * dev.kawarau.cql.CqlFrameHeader} is what it knows of each: version, flags, stream, {@linkplain
 * dev.kawarau.cql.CqlOpcode opcode} and length. {@link dev.kawarau.cql.CqlProtocolException} says what a peer got wrong,
 * and writes the ERROR frame that tells it so at a version that it understands.
 *
 * <p>What is there finds the frames of version 3 and 4, compressed or not, and of version 5 those of the handshake.
 * <b>What is not there yet:</b> the segments that version 5 speaks after the handshake, decompression, the bodies of
 * frames, statements and their classification, a message type, a listener and a sink. So no chain can be served to a
 * CQL client as yet.
 *
 * <p>A scanner is confined to its connection's event loop; headers and opcodes are immutable. No length on the wire is
 * believed before it was compared with a limit, and nothing is allocated from one.
 */
@NullMarked
package dev.kawarau.cql;

import org.jspecify.annotations.NullMarked;
