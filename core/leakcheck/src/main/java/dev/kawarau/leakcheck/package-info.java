/**
 * Fails a test class when a Netty buffer (or anything else that Netty tracks) is collected without having been released.
 *
 * <p>Start at {@link dev.kawarau.leakcheck.LeakCheck}. It needs no Kawarau class, so any project on Netty can use it.
 */
@NullMarked
package dev.kawarau.leakcheck;

import org.jspecify.annotations.NullMarked;
