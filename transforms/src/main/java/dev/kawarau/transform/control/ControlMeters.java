package dev.kawarau.transform.control;

import dev.kawarau.TransformContext;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * The meters of one transform, which may be part of several chains: each shows the same numbers. Thread-safe once all are
 * declared.
 */
final class ControlMeters {
    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they show up as one, and the last one out removes the meter.
    private static final Map<Place, Shown> shown = new HashMap<>();

    private record Place(MeterRegistry registry, String name, Tags tags) {}

    private record Declared(String name, String description, Tags tags, boolean counts, DoubleSupplier value) {}

    private final List<Declared> declared = new ArrayList<>();

    /** Declares something that is counted. */
    LongAdder counter(String name, String description) {
        LongAdder count = new LongAdder();
        declared.add(new Declared(name, description, Tags.empty(), true, count::sum));
        return count;
    }

    /** Declares something that goes up and down. */
    void gauge(String name, String description, Tags tags, DoubleSupplier value) {
        declared.add(new Declared(name, description, tags, false, value));
    }

    /** Shows them as those of a transform in a chain, until that is closed. */
    void show(TransformContext context) {
        Tags tags = Tags.of("chain", context.chain(), "transform", context.name());
        for (Declared one : declared) {
            Place place = new Place(context.meters(), one.name(), tags.and(one.tags()));
            synchronized (shown) {
                shown.computeIfAbsent(place, missing -> new Shown(missing, one))
                        .values
                        .add(one.value());
            }
            context.onClose(() -> hide(place, one));
        }
    }

    private static void hide(Place place, Declared one) {
        synchronized (shown) {
            Shown meter = shown.get(place);
            if (meter == null) {
                return;
            }
            meter.values.remove(one.value());
            if (one.counts()) {
                meter.counted += one.value().getAsDouble();
            }
            if (meter.values.isEmpty()) {
                shown.remove(place);
                place.registry().remove(meter.meter);
            }
        }
    }

    /** What a registry shows: the sum of what the transforms have that are in its place, now or before. */
    private static final class Shown {
        private final List<DoubleSupplier> values = new ArrayList<>(1);
        private final Meter meter;
        private double counted;

        Shown(Place place, Declared declared) {
            this.meter = declared.counts()
                    ? FunctionCounter.builder(declared.name(), this, Shown::sum)
                            .description(declared.description())
                            .tags(place.tags())
                            .register(place.registry())
                    : Gauge.builder(declared.name(), this, Shown::sum)
                            .description(declared.description())
                            .tags(place.tags())
                            .strongReference(true)
                            .register(place.registry());
        }

        private double sum() {
            synchronized (shown) {
                double sum = counted;
                for (DoubleSupplier value : values) {
                    sum += value.getAsDouble();
                }
                return sum;
            }
        }
    }
}
