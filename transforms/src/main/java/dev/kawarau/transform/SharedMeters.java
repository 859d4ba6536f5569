package dev.kawarau.transform;

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
 * The meters of a transform, or of an end of a chain, for whoever writes one. Where several of one name and tags are shown at
 * once, such as those of a chain and of another that takes its place, they show as one: their sum, which does not fall when
 * one of them goes. Thread-safe once all are declared.
 */
public final class SharedMeters {
    // A registry keeps the first meter of a name and set of tags. While one chain takes another's place both are open,
    // so they show up as one, and the last one out removes the meter.
    private static final Map<Place, Shown> shown = new HashMap<>();

    private record Place(MeterRegistry registry, String name, Tags tags) {}

    private record Declared(String name, String description, Tags tags, boolean counts, DoubleSupplier value) {}

    private final List<Declared> declared = new ArrayList<>();

    /** Meters of which none is declared as yet. */
    public SharedMeters() {}

    /** Declares something that is counted. */
    public LongAdder counter(String name, String description) {
        return counter(name, description, Tags.empty());
    }

    /** Declares something that is counted, with tags besides those of {@link #show}. */
    public LongAdder counter(String name, String description, Tags tags) {
        LongAdder count = new LongAdder();
        declared.add(new Declared(name, description, tags, true, count::sum));
        return count;
    }

    /** Declares something that goes up and down, with tags besides those of {@link #show}. */
    public void gauge(String name, String description, Tags tags, DoubleSupplier value) {
        declared.add(new Declared(name, description, tags, false, value));
    }

    /** Shows them as those of a transform in a chain, until that is closed. */
    public void show(TransformContext context) {
        context.onClose(show(context.meters(), Tags.of("chain", context.chain(), "transform", context.name())));
    }

    /**
     * Shows them in a registry.
     *
     * @return takes them away again
     */
    public Runnable show(MeterRegistry registry, Tags tags) {
        List<Runnable> hiding = new ArrayList<>(declared.size());
        for (Declared one : declared) {
            Place place = new Place(registry, one.name(), tags.and(one.tags()));
            synchronized (shown) {
                shown.computeIfAbsent(place, missing -> new Shown(missing, one))
                        .values
                        .merge(one.value(), 1, Integer::sum);
            }
            hiding.add(() -> hide(place, one));
        }
        return () -> hiding.forEach(Runnable::run);
    }

    private static void hide(Place place, Declared one) {
        synchronized (shown) {
            Shown meter = shown.get(place);
            if (meter == null || !meter.values.containsKey(one.value())) {
                return;
            }
            Integer left = meter.values.computeIfPresent(one.value(), (value, times) -> times == 1 ? null : times - 1);
            if (left == null && one.counts()) {
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
        /** How often each is shown: a transform may be part of a chain and of the one that takes its place. */
        private final Map<DoubleSupplier, Integer> values = new HashMap<>(2);

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
                for (DoubleSupplier value : values.keySet()) {
                    sum += value.getAsDouble();
                }
                return sum;
            }
        }
    }
}
