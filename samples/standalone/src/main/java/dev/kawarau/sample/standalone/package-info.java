/**
 * A proxy as a process of its own. {@link dev.kawarau.sample.standalone.Standalone} is the program: what it puts
 * together, in which order, and how it takes that apart again is the sample.
 */
@NullMarked
package dev.kawarau.sample.standalone;

import org.jspecify.annotations.NullMarked;
