/**
 * Transforms that look at what passes and change none of it. Start at whichever says what you want:
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.observe.DebugPrinter} prints requests and responses in words;
 *   <li>{@link dev.kawarau.transform.observe.Capture} writes them to a file, and {@link
 *       dev.kawarau.transform.observe.Replay} sends them again;
 *   <li>{@link dev.kawarau.transform.observe.HotKeys} tells which keys and tables are asked for most;
 *   <li>{@link dev.kawarau.transform.observe.Sampler} lets another transform see a fraction of the requests.
 * </ul>
 *
 * <p>One object serves every connection and every event loop, so all of them are thread-safe. They know no protocol: what
 * they look at is {@link dev.kawarau.Message#query()}, sizes and times. Values never leave them but by a Capture that is told
 * to keep them, and the keys of clients only where it says so. All time is that of the event loop.
 */
@NullMarked
package dev.kawarau.transform.observe;

import org.jspecify.annotations.NullMarked;
