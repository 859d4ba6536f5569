package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.HotKeys.Hot;
import io.netty.buffer.Unpooled;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Summaries of several event loops added up. What one of them has no counter for counts as much there as it may have been. */
final class HeatSum {
    /** What has faded to less than this was not hot for long. */
    private static final double FADED = 0.01;

    private final Map<Long, Sum> sums = new HashMap<>();
    private double least;
    private double total;

    private static final class Sum {
        private final String namespace;
        private final String key;
        private double amount;
        private double error;

        private Sum(SpaceSaving.Counter counter) {
            namespace = Printable.of(counter.namespace(), Integer.MAX_VALUE);
            key = Printable.of(Unpooled.wrappedBuffer(counter.key()), Integer.MAX_VALUE)
                    + (counter.isWhole() ? "" : Printable.CUT);
        }
    }

    void add(SpaceSaving summary, double factor) {
        double missing = summary.least() * factor;
        least += missing;
        total += summary.total() * factor;
        summary.forEach(counter -> {
            Sum sum = sums.computeIfAbsent(counter.hash(), hash -> new Sum(counter));
            sum.amount += counter.amount() * factor - missing;
            sum.error += counter.error() * factor - missing;
        });
    }

    /** The heaviest, heaviest first. */
    List<Hot> top(int most) {
        return sums.values().stream()
                .map(sum -> new Hot(
                        sum.namespace,
                        sum.key,
                        sum.amount + least,
                        Math.max(0, sum.error + least),
                        total == 0 ? 0 : (sum.amount + least) / total))
                .filter(hot -> hot.amount() >= FADED)
                .sorted(Comparator.comparingDouble(Hot::amount)
                        .reversed()
                        .thenComparing(Hot::namespace)
                        .thenComparing(Hot::key))
                .limit(most)
                .toList();
    }
}
