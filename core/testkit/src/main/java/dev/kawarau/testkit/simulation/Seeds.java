package dev.kawarau.testkit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The seeds that a simulation runs with: {@code -Dsimulation.seeds} of them from {@code -Dsimulation.first} on, or {@code
 * -Dsimulation.seed} alone, which then talks. As many run at once as there are processors, each in one thread, so what one does
 * must not depend on others.
 */
public final class Seeds {
    private static final int MOST_FAILURES = 20;

    private final long first;
    private final int count;
    private final boolean talks;

    private Seeds(long first, int count, boolean talks) {
        this.first = first;
        this.count = count;
        this.talks = talks;
    }

    /** Those that the system properties ask for. */
    public static Seeds ofProperties(int countIfNoneIsSet) {
        long one = Long.getLong("simulation.seed", -1);
        return one >= 0
                ? new Seeds(one, 1, true)
                : new Seeds(
                        Long.getLong("simulation.first", 1),
                        Integer.getInteger("simulation.seeds", countIfNoneIsSet),
                        false);
    }

    public int count() {
        return count;
    }

    /** Whether to print what happens. */
    public boolean talks() {
        return talks;
    }

    /**
     * Runs all of them and waits for that. Stops early when twenty have failed.
     *
     * @param simulation runs with a seed, in any thread, and returns what went wrong
     * @return a line for each seed under which something did, with the argument that replays it
     */
    public List<String> failures(LongFunction<List<String>> simulation) throws InterruptedException {
        int processors = Runtime.getRuntime().availableProcessors();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicLong next = new AtomicLong(first);
        ExecutorService threads = Executors.newFixedThreadPool(processors);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < processors; i++) {
                runs.add(threads.submit(() -> run(simulation, next, failures)));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        return List.copyOf(failures);
    }

    private void run(LongFunction<List<String>> simulation, AtomicLong next, Queue<String> failures) {
        for (long seed = next.getAndIncrement();
                seed < first + count && failures.size() < MOST_FAILURES;
                seed = next.getAndIncrement()) {
            List<String> problems;
            try {
                problems = simulation.apply(seed);
            } catch (RuntimeException | AssertionError thrown) {
                problems = List.of(thrown.toString());
            }
            if (!problems.isEmpty()) {
                String more = problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "";
                failures.add("-Dsimulation.seed=" + seed + ": " + problems.get(0) + more);
            }
        }
    }
}
