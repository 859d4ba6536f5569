/** A transform of one's own: {@link dev.kawarau.sample.first.OffLimits}, and beside the tests how it is tested. */
@NullMarked
package dev.kawarau.sample.first;

import org.jspecify.annotations.NullMarked;
