package dev.kawarau.sink.redis.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Everything that the server did, in order. What clients see is compared with it. */
final class ExecutionLog {
    private final Map<String, List<Executed>> byText = new HashMap<>();
    private final Map<String, Integer> applied = new HashMap<>();
    private final Map<String, List<Integer>> modified = new HashMap<>();
    private final Map<String, List<String>> published = new LinkedHashMap<>();
    private final Map<String, List<Integer>> publishedAt = new HashMap<>();
    private final Map<String, Executed> popped = new LinkedHashMap<>();
    private final List<Executed> batches = new ArrayList<>();
    private int size;

    Executed begin(ModelConnection connection, String text, long time) {
        Executed executed = new Executed(size++, text, connection, time);
        byText.computeIfAbsent(text, key -> new ArrayList<>(2)).add(executed);
        return executed;
    }

    int size() {
        return size;
    }

    List<Executed> of(String text) {
        return byText.getOrDefault(text, List.of());
    }

    /** The first of that command, from an index on, that fits. */
    @Nullable
    Executed find(String text, int from, Predicate<Executed> fits) {
        for (Executed executed : of(text)) {
            if (executed.index >= from && fits.test(executed)) {
                return executed;
            }
        }
        return null;
    }

    /** Notes that a command took effect, by itself or in a transaction. */
    void applied(String text) {
        applied.merge(text, 1, Integer::sum);
    }

    int timesApplied(String text) {
        return applied.getOrDefault(text, 0);
    }

    void batch(Executed exec, List<String> commands) {
        exec.batch = commands;
        batches.add(exec);
    }

    List<Executed> batches() {
        return batches;
    }

    void modified(String key) {
        modified.computeIfAbsent(key, k -> new ArrayList<>()).add(size - 1);
    }

    /** Whether a key changed after the command of one index and before that of another. */
    boolean modifiedBetween(String key, int after, int before) {
        return modified.getOrDefault(key, List.of()).stream().anyMatch(index -> index > after && index < before);
    }

    void published(String channel, String message) {
        published.computeIfAbsent(channel, key -> new ArrayList<>()).add(message);
        publishedAt.computeIfAbsent(channel, key -> new ArrayList<>()).add(size - 1);
    }

    /** What was published on a channel, in order. */
    List<String> messages(String channel) {
        return published.getOrDefault(channel, List.of());
    }

    /** How many messages were published on a channel before a command. */
    int messagesBefore(String channel, int index) {
        return (int) publishedAt.getOrDefault(channel, List.of()).stream()
                .filter(at -> at < index)
                .count();
    }

    void popped(String element, Executed by) {
        popped.put(element, by);
        by.popped = true;
    }

    Map<String, Executed> popped() {
        return popped;
    }
}
