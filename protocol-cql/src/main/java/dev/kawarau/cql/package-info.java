/**
 * CQL, the native protocol of Cassandra, in versions 3, 4 and 5. Start at {@link dev.kawarau.cql.CqlFrameReader}, which
 * takes the frames off a connection, and {@link dev.kawarau.cql.CqlFrameWriter}, which puts them on one: both undo and do
 * {@linkplain dev.kawarau.cql.CqlCompression compression} and the segments of version 5, so that in between a frame is
 * the same whichever way it came. {@link dev.kawarau.cql.CqlFrameHeader} is what is known of each: version, flags,
 * stream, {@linkplain dev.kawarau.cql.CqlOpcode opcode} and length. {@link dev.kawarau.cql.CqlProtocolException} says
 * what a peer got wrong, and writes the ERROR frame that tells it so at a version that it understands.
 *
 * <p>Readers and writers are confined to their connection's event loop; headers and opcodes are immutable. No length on
 * the wire is believed before it was compared with a limit, and nothing is allocated from one.
 */
@NullMarked
package dev.kawarau.cql;

import org.jspecify.annotations.NullMarked;
