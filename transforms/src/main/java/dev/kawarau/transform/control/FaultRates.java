package dev.kawarau.transform.control;

import dev.kawarau.transform.control.FaultInjection.Fault;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How many of all requests have which fault. Immutable. */
final class FaultRates {
    /** No faults at all. */
    static final FaultRates NONE = new FaultRates(new EnumMap<>(Fault.class));

    private final Map<Fault, Double> rates;

    private FaultRates(Map<Fault, Double> rates) {
        this.rates = rates;
    }

    double of(Fault fault) {
        return rates.getOrDefault(fault, 0.0);
    }

    /** These, but for one fault. */
    FaultRates with(Fault fault, double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("a fault has a rate from 0, for no request, to 1, for each, not " + rate
                    + "; 0.01 is one in a hundred");
        }
        Map<Fault, Double> changed = new EnumMap<>(rates);
        changed.put(fault, rate);
        return new FaultRates(changed);
    }

    /** What metrics and the log call a fault. */
    static String name(Fault fault) {
        return fault.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return rates.entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .map(each -> name(each.getKey()) + " " + each.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
