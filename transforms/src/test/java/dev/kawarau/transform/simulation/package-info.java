/**
 * Clients, links and servers under virtual time, for simulations of transforms that answer for what clients see: a seed
 * decides everything.
 */
@NullMarked
package dev.kawarau.transform.simulation;

import org.jspecify.annotations.NullMarked;
