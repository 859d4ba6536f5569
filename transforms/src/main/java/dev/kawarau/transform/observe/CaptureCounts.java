package dev.kawarau.transform.observe;

import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of what a {@link Capture} was to keep. Thread-safe. */
final class CaptureCounts {
    enum Outcome {
        /** In the file. */
        WRITTEN,
        /** There was no room. */
        DROPPED,
        /** The disk did not take it. */
        FAILED
    }

    private final SharedMeters meters = new SharedMeters();
    private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);

    CaptureCounts() {
        for (Outcome outcome : Outcome.values()) {
            Tags tags = Tags.of("outcome", outcome.name().toLowerCase(Locale.ROOT));
            outcomes.put(
                    outcome,
                    meters.counter("kawarau.capture", "requests that were to be captured, by what came of it", tags));
        }
    }

    void show(TransformContext context) {
        meters.show(context);
    }

    void add(Outcome outcome, long records) {
        Objects.requireNonNull(outcomes.get(outcome)).add(records);
    }
}
