package dev.kawarau;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Chain}, first transform first. Not thread-safe. */
public final class ChainBuilder {
    private final String name;
    private final List<Transform> transforms = new ArrayList<>();
    private @Nullable MeterRegistry meters;
    private @Nullable String ended;

    ChainBuilder(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a chain needs a name that is not blank");
        }
        this.name = name;
    }

    /**
     * Adds a transform behind those that are there: {@code a.then(b)} gives {@code client -> a -> b -> sink}, and
     * responses pass b before a.
     */
    public ChainBuilder then(Transform transform) {
        Objects.requireNonNull(transform, () -> prefix() + "a transform is null");
        if (ended != null) {
            throw new IllegalStateException(prefix() + "nothing can follow " + ended);
        }
        transforms.add(transform);
        return this;
    }

    /** Where the chain's metrics go. If not set, Micrometer's global registry. */
    public ChainBuilder metrics(MeterRegistry registry) {
        if (meters != null) {
            throw new IllegalStateException(prefix() + "metrics is set already");
        }
        meters = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /**
     * Ends the chain and builds it.
     *
     * @param sink a {@link Sink}, another chain, or any lambda that answers
     * @throws IllegalStateException if the chain cannot work; the message names the offender
     */
    public Chain to(Chain sink) {
        if (sink == null) {
            throw new IllegalStateException(prefix() + "has no sink");
        }
        if (ended != null) {
            throw new IllegalStateException(prefix() + "nothing can follow " + ended);
        }
        ended = BuiltChain.describe(sink);
        return new BuiltChain(name, transforms, sink, meters == null ? Metrics.globalRegistry : meters);
    }

    private String prefix() {
        return "chain \"" + name + "\": ";
    }
}
