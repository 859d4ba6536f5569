@org.jspecify.annotations.NullMarked
package dev.kawarau;
