/**
 * Three Redis servers that know nothing of each other and hold the same, in one command: {@link
 * dev.kawarau.sample.activeactive.ActiveActive} starts them, writes through a chain, and kills one meanwhile.
 */
@NullMarked
package dev.kawarau.sample.activeactive;

import org.jspecify.annotations.NullMarked;
