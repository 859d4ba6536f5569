/**
 * Fails a test class when a Netty buffer (or anything else that Netty tracks) is collected without having been released.
 *
 * <p>Start at {@link dev.kawarau.leakcheck.LeakCheck}. Beside it, for tests of what parses: {@link
 * dev.kawarau.leakcheck.BoundedAllocator} gives no more memory than a test allows, and {@link
 * dev.kawarau.leakcheck.Arrival} has bytes come in every way in which they may lie in memory. Nothing here needs a Kawarau
 * class, so any project on Netty can use it.
 */
@NullMarked
package dev.kawarau.leakcheck;

import org.jspecify.annotations.NullMarked;
