/**
 * Transforms that need no database of their own. Start at whichever says what you want:
 *
 * <ul>
 *   <li>{@link dev.kawarau.transform.QueryCounter} counts requests by what they do;
 *   <li>{@link dev.kawarau.transform.QueryTypeFilter} refuses requests by what they do;
 *   <li>{@link dev.kawarau.transform.Returner} answers in the database's place;
 *   <li>{@link dev.kawarau.transform.NullSink} ends a chain that reaches no database.
 * </ul>
 *
 * <p>One object serves every connection and every event loop, so all of them are thread-safe. None keeps a message beyond
 * its exchange. They know no protocol: what they look at is {@link dev.kawarau.Message#query()}, and what they refuse
 * becomes the native error of the client's protocol.
 */
@NullMarked
package dev.kawarau.transform;

import org.jspecify.annotations.NullMarked;
