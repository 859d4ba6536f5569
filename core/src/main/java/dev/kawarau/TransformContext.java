package dev.kawarau;

import io.micrometer.core.instrument.MeterRegistry;

/** What a {@link Transform} gets from outside when its chain is built. */
public interface TransformContext {
    /** The name of the chain. */
    String chain();

    /** The transform's name within the chain; a second one of the same name has a number behind it. */
    String name();

    /** Where the chain's metrics go. */
    MeterRegistry meters();

    /** Runs when the chain is closed; in reverse order of the calls. */
    void onClose(Runnable action);
}
