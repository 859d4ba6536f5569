package dev.kawarau;

import org.jspecify.annotations.Nullable;

/** What a {@link Reply} calls, once, when it is there: exactly one of the two is not null. */
@FunctionalInterface
interface Completion {
    void done(@Nullable Message message, @Nullable Throwable failure);
}
