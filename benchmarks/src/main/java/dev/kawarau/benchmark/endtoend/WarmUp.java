package dev.kawarau.benchmark.endtoend;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Lets a peer that compiles while it runs do so, pipeline by pipeline, until it gets no faster. On a processor of its own
 * the compiler and the proxy take turns, so a fixed time would be too short on one machine and too long on the next.
 *
 * @param bound how long each pipeline may take, about
 * @param clock nanoseconds
 */
record WarmUp(Duration bound, LongSupplier clock) {
    /** A pass has to be better than the best before it by so much to count as growth. */
    private static final double GROWTH = 1.02;

    private static final int PASSES_WITHOUT_GROWTH = 2;

    /** Runs all loads of one pipeline once. */
    interface Pass {
        /** @return requests per second, in sum */
        double run(List<Case> loads) throws RedisBenchmark.Failed;
    }

    /** @return what came of it, for people; what fails here is said and will fail again when it is measured */
    String run(String peer, List<Case> cases, Pass pass) {
        StringBuilder line = new StringBuilder("warm-up of ").append(peer).append(':');
        for (int pipeline : cases.stream().map(Case::pipeline).distinct().toList()) {
            try {
                line.append(" pipeline of ").append(pipeline).append(" ");
                line.append(oneByOne(loads(cases, pipeline), pass)).append(";");
            } catch (RedisBenchmark.Failed failed) {
                return line.append("failed, ").append(failed.getMessage()).toString();
            }
        }
        return line.substring(0, line.length() - 1);
    }

    private String oneByOne(List<Case> loads, Pass pass) throws RedisBenchmark.Failed {
        long start = clock.getAsLong();
        double best = 0;
        int passes = 0;
        int withoutGrowth = 0;
        while (withoutGrowth < PASSES_WITHOUT_GROWTH && clock.getAsLong() - start < bound.toNanos()) {
            double now = pass.run(loads);
            passes++;
            withoutGrowth = now > best * GROWTH ? 0 : withoutGrowth + 1;
            best = Math.max(best, now);
        }
        String end = withoutGrowth < PASSES_WITHOUT_GROWTH ? "still growing" : "steady";
        return String.format(Locale.ROOT, "%s after %d passes", end, passes);
    }

    /** How many connections there are makes no difference to what is compiled: the middle number stands for all. */
    private static List<Case> loads(List<Case> cases, int pipeline) {
        List<Case> all =
                cases.stream().filter(each -> each.pipeline() == pipeline).toList();
        List<Integer> connections = all.stream()
                .map(Case::connections)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
        int middle = connections.get(connections.size() / 2);
        return all.stream().filter(each -> each.connections() == middle).toList();
    }
}
