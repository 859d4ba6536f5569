/**
 * From one Redis to another while clients stay connected. Start at {@link dev.kawarau.sample.migration.Migration}, which
 * tells the steps.
 */
@NullMarked
package dev.kawarau.sample.migration;

import org.jspecify.annotations.NullMarked;
