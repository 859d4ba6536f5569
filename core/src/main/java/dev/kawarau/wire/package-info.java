/**
 * Bytes on their way in and out of a connection, for those who write a protocol or a sink: {@link
 * dev.kawarau.wire.Cumulation} holds what arrived, {@link dev.kawarau.wire.Outbound} what is to be written, {@link
 * dev.kawarau.wire.LoopClock} tells the time, {@link dev.kawarau.wire.Backoff} when to try a server again, and {@link
 * dev.kawarau.wire.LoopLocal} keeps a value for each event loop. All but the last are confined to one event loop.
 * Transforms need none of it.
 */
@NullMarked
package dev.kawarau.wire;

import org.jspecify.annotations.NullMarked;
