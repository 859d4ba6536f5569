package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain with several others: a function names the one for each request.
 *
 * <pre>{@code
 * Route route = Route.by(request -> request.query().kind() == Query.Kind.READ ? "replica" : "main")
 *         .to("main", main)        // the first is the home of every session
 *         .to("replica", replica)
 *         .build();
 * Chain orders = Chain.named("orders").to(route);
 * }</pre>
 *
 * <p>The function is asked about requests for data, on the event loop, and must not block. State of a session is kept as the
 * package says: its home is the chain that was named first. A name that no chain has fails the request, and a function that
 * throws does too, certainly not applied; what the chains answer, or fail with, is the client's answer.
 *
 * <p>Requests of one session that go to different chains may overtake one another at the databases; what one chain gets, it
 * gets in order. Responses leave as the protocol orders them.
 *
 * <p><b>Cost.</b> The function, a look into a small table, and a counter. <b>Protocols.</b> All; the chains must speak the same
 * one, except with {@link #byProtocol}. Counts {@code kawarau.route.requests} by target. Thread-safe.
 */
public final class Route implements Chain {
    private static final String NAME = "Route";

    private final Function<? super Message, String> by;
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final Branches branches;
    private final List<LongAdder> counters = new ArrayList<>();
    private final Runnable hideMeters;
    private final boolean byProtocol;

    private Route(Builder builder) {
        this.by = builder.by;
        this.byProtocol = builder.byProtocol;
        List<Chain> chains = List.copyOf(builder.chains.values());
        this.branches = byProtocol ? Branches.ofAny(NAME, chains) : Branches.of(NAME, chains);
        SharedMeters meters = new SharedMeters();
        builder.chains.keySet().forEach(target -> {
            indexes.put(target, indexes.size());
            counters.add(meters.counter(
                    "kawarau.route.requests", "requests that a Route sent to a chain", Tags.of("target", target)));
        });
        this.hideMeters = meters.show(
                builder.meters == null ? Metrics.globalRegistry : builder.meters, Tags.of("route", builder.name));
    }

    /**
     * Begins a route.
     *
     * @param function names the chain for a request; called on the session's event loop
     */
    public static Builder by(Function<? super Message, String> function) {
        return new Builder(Objects.requireNonNull(function, "function"), false);
    }

    /**
     * Begins a route by what the client speaks, so that one chain serves listeners of several protocols: {@code
     * Route.byProtocol().to("RESP", redis).to("CQL", cassandra).build()}.
     */
    public static Builder byProtocol() {
        return new Builder(request -> request.session().protocol(), true);
    }

    /** Which chain a request would go to, without sending it; for a request on its event loop. */
    public String where(Message request) {
        return List.copyOf(indexes.keySet()).get(index(request));
    }

    private int index(Message request) {
        if (!byProtocol && Branches.isState(request.query())) {
            return 0;
        }
        String target = by.apply(request);
        Integer index = indexes.get(target);
        if (index == null) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "no chain of the Route is called \"" + target + "\"; it has " + indexes.keySet());
        }
        return index;
    }

    @Override
    public Reply send(Message request) {
        try {
            int index = index(request);
            counters.get(index).increment();
            return !byProtocol && Branches.isState(request.query())
                    ? branches.sendState(request, index)
                    : branches.send(request, index);
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    /** What comes unasked comes from a session's home, where its subscriptions are. */
    @Override
    public @Nullable Message onPush(Session session, Message push) {
        Integer home = byProtocol ? indexes.get(session.protocol()) : Integer.valueOf(0);
        return home == null ? push : branches.chain(home).onPush(session, push);
    }

    @Override
    public boolean leave(Session session) {
        return branches.leave(session);
    }

    @Override
    public @Nullable String protocol() {
        return branches.protocol();
    }

    /** Removes its metrics. The chains stay open. */
    @Override
    public void close() {
        hideMeters.run();
    }

    @Override
    public String toString() {
        return branches.print(NAME, List.copyOf(indexes.keySet()));
    }

    /** The chains of a route. Not thread-safe. */
    public static final class Builder {
        private final Function<? super Message, String> by;
        private final boolean byProtocol;
        private final Map<String, Chain> chains = new LinkedHashMap<>();
        private @Nullable MeterRegistry meters;
        private String name = "route";

        private Builder(Function<? super Message, String> by, boolean byProtocol) {
            this.by = by;
            this.byProtocol = byProtocol;
        }

        /**
         * Adds a chain; the first is the home of every session.
         *
         * @throws IllegalArgumentException if another has that name
         */
        public Builder to(String target, Chain chain) {
            Objects.requireNonNull(chain, "chain");
            if (chains.putIfAbsent(Objects.requireNonNull(target, "target"), chain) != null) {
                throw new IllegalArgumentException("Route: there are two chains for \"" + target + "\"");
            }
            return this;
        }

        /** What metrics call it; {@code route} if not set. */
        public Builder named(String shown) {
            this.name = Objects.requireNonNull(shown, "name");
            return this;
        }

        /** Where metrics go; Micrometer's global registry if not set. */
        public Builder metrics(MeterRegistry registry) {
            this.meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /**
         * The route.
         *
         * @throws IllegalArgumentException if there is no chain, or if they speak different protocols
         */
        public Route build() {
            return new Route(this);
        }
    }
}
