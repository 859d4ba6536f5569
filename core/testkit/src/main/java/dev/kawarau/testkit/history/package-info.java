/**
 * Whether a store did what it says: {@link dev.kawarau.testkit.history.RegisterHistory} records what clients asked of keys and
 * what they were told, and {@link dev.kawarau.testkit.history.RegisterChecker} finds out whether each key behaved as one
 * value that everybody reads and writes at once, that is whether it is linearizable.
 */
@NullMarked
package dev.kawarau.testkit.history;

import org.jspecify.annotations.NullMarked;
