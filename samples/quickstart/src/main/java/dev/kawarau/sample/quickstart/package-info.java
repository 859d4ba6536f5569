/**
 * The library at work in one command: {@link dev.kawarau.sample.quickstart.Quickstart} starts a Redis, puts a chain in
 * front of it, and talks to it.
 */
@NullMarked
package dev.kawarau.sample.quickstart;

import org.jspecify.annotations.NullMarked;
