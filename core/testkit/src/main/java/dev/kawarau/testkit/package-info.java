/**
 * Tools for tests. {@link dev.kawarau.testkit.ChainTester} puts transforms to the test: a chain of them behind a real
 * listener, with a client at one end and a scripted sink at the other. {@link dev.kawarau.testkit.RedisServer} is a real
 * server, for tests of whole proxies. {@link dev.kawarau.testkit.VirtualTime} lets time pass when a test says so.
 *
 * <p>Everything may be called from any thread but an event loop, and whoever starts something closes it.
 */
@NullMarked
package dev.kawarau.testkit;

import org.jspecify.annotations.NullMarked;
