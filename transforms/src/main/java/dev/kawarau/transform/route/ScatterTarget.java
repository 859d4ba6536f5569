package dev.kawarau.transform.route;

import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.LongAdder;

/** One of the chains of a {@link Scatter}: what it is called, and what is counted there. Thread-safe. */
final class ScatterTarget {
    final String name;
    final LongAdder requests;
    final LongAdder failures;
    final LongAdder late;
    final LongAdder skipped;

    ScatterTarget(SharedMeters meters, String name) {
        this.name = name;
        Tags tags = Tags.of("target", name);
        this.requests = meters.counter("kawarau.scatter.requests", "requests that a Scatter sent to a chain", tags);
        this.failures = meters.counter(
                "kawarau.scatter.failures",
                "requests that a chain of a Scatter failed, answered with an error, or not in time",
                tags);
        this.late = meters.counter(
                "kawarau.scatter.late",
                "answers of a chain of a Scatter that came when the client had been answered",
                tags);
        this.skipped = meters.counter(
                "kawarau.scatter.skipped",
                "requests that a Scatter did not send to a chain, since that owed too many answers",
                tags);
    }
}
