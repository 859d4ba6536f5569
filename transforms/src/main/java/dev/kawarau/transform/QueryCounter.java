package dev.kawarau.transform;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import java.util.Map;
import java.util.Objects;

/**
 * Counts requests by {@linkplain Query#kind() kind} and {@linkplain Query#operation() operation}, in the counters
 * {@code kawarau.query} with the tags {@code chain}, {@code transform}, {@code kind} and {@code operation}. It counts
 * what reaches it: in front of a cache all that clients ask for, behind it what the cache did not answer.
 *
 * <p>The number of counters is bounded, whatever clients send: what is of kind {@link Query.Kind#OTHER}, such as a
 * command that nobody knows, counts as the operation {@code OTHER}.
 *
 * <p>A chain that is built while another of the same name is still open, to take its place, goes on with its counts. Each
 * counter belongs to one chain, which forgets the counters of the metrics registry when it is closed.
 */
public final class QueryCounter implements Transform {
    private final String name;
    private volatile QueryCounts counts = new QueryCounts();
    private volatile boolean built;

    private QueryCounter(String name) {
        this.name = name;
    }

    /**
     * A counter.
     *
     * @param name what the chain's printed form and the tag {@code transform} call it
     * @throws IllegalArgumentException if the name is blank
     */
    public static QueryCounter named(String name) {
        if (Objects.requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("a QueryCounter needs a name that is not blank");
        }
        return new QueryCounter(name);
    }

    @Override
    public void onBuild(TransformContext context) {
        if (built) {
            throw new IllegalStateException("chain \"" + context.chain() + "\": " + this
                    + " counts for a chain already; make a QueryCounter for each place");
        }
        built = true;
        QueryCounts joined = QueryCounts.join(context.meters(), context.chain(), context.name());
        counts = joined;
        context.onClose(joined::leave);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        counts.count(request.query());
        return next.send(request);
    }

    /**
     * What was counted so far, for people to read: only what occurred, sorted. Any thread; a copy.
     *
     * @return for each kind, the number of requests by operation
     */
    public Map<Query.Kind, Map<String, Long>> counts() {
        return counts.snapshot();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return "QueryCounter \"" + name + "\"";
    }
}
