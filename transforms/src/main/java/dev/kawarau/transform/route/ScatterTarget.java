package dev.kawarau.transform.route;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** One of the chains of a {@link Scatter}: what it is called, and what is counted there. Thread-safe. */
final class ScatterTarget {
    final String name;
    final Counter requests;
    final Counter failures;
    final Counter late;
    final Counter skipped;

    ScatterTarget(MeterRegistry meters, String scatter, String name) {
        this.name = name;
        Tags tags = Tags.of("scatter", scatter, "target", name);
        this.requests = Counter.builder("kawarau.scatter.requests")
                .description("requests that a Scatter sent to a chain")
                .tags(tags)
                .register(meters);
        this.failures = Counter.builder("kawarau.scatter.failures")
                .description("requests that a chain of a Scatter failed, answered with an error, or not in time")
                .tags(tags)
                .register(meters);
        this.late = Counter.builder("kawarau.scatter.late")
                .description("answers of a chain of a Scatter that came when the client had been answered")
                .tags(tags)
                .register(meters);
        this.skipped = Counter.builder("kawarau.scatter.skipped")
                .description("requests that a Scatter did not send to a chain, since that owed too many answers")
                .tags(tags)
                .register(meters);
    }

    void remove(MeterRegistry meters) {
        meters.remove(requests);
        meters.remove(failures);
        meters.remove(late);
        meters.remove(skipped);
    }
}
