package dev.kawarau.benchmark.endtoend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All runs, by case and peer. What is missing is null. */
final class Results {
    private record Key(Case load, String peer) {}

    private final Map<Key, List<Run>> runs = new LinkedHashMap<>();
    private final Map<Key, String> failures = new LinkedHashMap<>();

    void add(Case load, Peer peer, Run run) {
        runs.computeIfAbsent(new Key(load, peer.name()), key -> new ArrayList<>())
                .add(run);
    }

    /** Also drops what was measured before: half of a case is not shown. */
    void fail(Case load, Peer peer, String why) {
        Key key = new Key(load, peer.name());
        runs.remove(key);
        failures.put(key, why);
    }

    boolean failed(Case load, Peer peer) {
        return failures.containsKey(new Key(load, peer.name()));
    }

    /** One line for each case and peer that could not be measured. */
    List<String> failures() {
        return failures.entrySet().stream()
                .map(entry -> entry.getKey().peer() + ", " + entry.getKey().load() + ": " + entry.getValue())
                .toList();
    }

    /** The runs of one case, in the order of the rounds. */
    List<Run> runs(Case load, String peer) {
        return runs.getOrDefault(new Key(load, peer), List.of());
    }

    /** The median over the rounds. */
    @Nullable
    Double median(Case load, String peer, Function<Run, @Nullable Double> of) {
        return median(numbers(load, peer, of));
    }

    /** The ratio of two peers' medians. Their runs took turns, so both saw the machine in the same moods. */
    @Nullable
    Double ratio(Case load, String peer, String other, Function<Run, @Nullable Double> of) {
        Double mine = median(load, peer, of);
        Double others = median(load, other, of);
        return mine == null || others == null ? null : Double.valueOf(mine / others);
    }

    /** How far apart the rounds are: the largest less the smallest, over the median. */
    @Nullable
    Double spread(Case load, String peer, Function<Run, @Nullable Double> of) {
        double[] numbers = numbers(load, peer, of);
        Double median = median(numbers);
        if (median == null) {
            return null;
        }
        return (numbers[numbers.length - 1] - numbers[0]) / median;
    }

    private double[] numbers(Case load, String peer, Function<Run, @Nullable Double> of) {
        return runs(load, peer).stream()
                .map(of)
                .filter(number -> number != null)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** The middle one, or the mean of the middle two; null of none. Sorts what it is given. */
    static @Nullable Double median(double... numbers) {
        if (numbers.length == 0) {
            return null;
        }
        Arrays.sort(numbers);
        int middle = numbers.length / 2;
        return numbers.length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    }
}
