package dev.kawarau.benchmark;

import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Transform;
import dev.kawarau.transform.QueryCounter;
import dev.kawarau.transform.QueryTypeFilter;
import dev.kawarau.transform.cassandra.CassandraPeersRewrite;
import dev.kawarau.transform.consistency.TunableConsistency;
import dev.kawarau.transform.control.CircuitBreaker;
import dev.kawarau.transform.control.Collapse;
import dev.kawarau.transform.control.ConcurrencyLimit;
import dev.kawarau.transform.control.FaultInjection;
import dev.kawarau.transform.control.Retry;
import dev.kawarau.transform.control.Throttle;
import dev.kawarau.transform.control.Timeout;
import dev.kawarau.transform.observe.Capture;
import dev.kawarau.transform.observe.DebugPrinter;
import dev.kawarau.transform.observe.HotKeys;
import dev.kawarau.transform.observe.Sampler;
import dev.kawarau.transform.redis.RedisKeyPrefix;
import dev.kawarau.transform.redis.RedisPortsRewrite;
import dev.kawarau.transform.redis.RedisVersionStamp;
import dev.kawarau.transform.route.Coalesce;
import dev.kawarau.transform.route.Collate;
import dev.kawarau.transform.route.Forward;
import dev.kawarau.transform.route.LoadBalance;
import dev.kawarau.transform.route.ParallelMap;
import dev.kawarau.transform.route.Route;
import dev.kawarau.transform.route.Scatter;
import dev.kawarau.transform.route.Tee;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What {@link TransformBenchmark} measures, a line each. */
public enum TransformStep {
    NONE(ends -> begin(ends).to(ends.end())),
    PASS(() -> (request, next) -> next.send(request)),
    QUERY_COUNTER(() -> QueryCounter.named("benchmark")),
    QUERY_TYPE_FILTER(() -> QueryTypeFilter.deny(Query.Kind.ADMIN)),

    DEBUG_PRINTER(() -> DebugPrinter.to(line -> {})),
    SAMPLER(() -> Sampler.percent(0, QueryCounter.named("sampled"))),
    SAMPLER_BY_KEY(() -> Sampler.percent(0, QueryCounter.named("sampled")).byKey()),
    HOT_KEYS(HotKeys::create),
    /** More keys than counters: each request takes the counter of another key. */
    HOT_KEYS_CROWDED(() -> HotKeys.builder().tracking(16).build()),
    /** Without the bytes of requests. What the thread that writes cannot keep up with is dropped. */
    CAPTURE(() -> capture().build()),
    CAPTURE_RAW(() -> capture().format(Capture.Format.RAW).build()),

    THROTTLE(() -> Throttle.perSecond(1_000_000_000)),
    THROTTLE_BY_KEY(() -> Throttle.to(1_000_000_000, Duration.ofSeconds(1))
            .by(request -> request.query().keys())
            .build()),
    CONCURRENCY_LIMIT(() -> ConcurrencyLimit.of(1_000)),
    TIMEOUT(() -> Timeout.after(Duration.ofSeconds(1))),
    RETRY(() -> Retry.attempts(3)),
    CIRCUIT_BREAKER(() -> CircuitBreaker.named("benchmark")),
    /** Each request is another: none shares the answer of one before. */
    COLLAPSE(Collapse::create),
    /** Nothing is hit. */
    FAULT_INJECTION(() -> FaultInjection.builder().disconnect(1e-12).build()),

    ROUTE(ends -> begin(ends)
            .to(Route.by(request -> "a")
                    .to("a", ends.end())
                    .to("b", ends.end())
                    .metrics(ends.meters())
                    .build())),
    LOAD_BALANCE(ends -> begin(ends)
            .to(LoadBalance.to(ends.end(), ends.end(), ends.end())
                    .metrics(ends.meters())
                    .build())),
    /** Twice the work: both are asked, and one is believed. */
    SCATTER(ends -> begin(ends)
            .to(Scatter.toAll()
                    .to("a", ends.end())
                    .to("b", ends.end())
                    .collate(Collate.first())
                    .metrics(ends.meters())
                    .build())),
    PARALLEL_MAP(ends -> begin(ends)
            .to(ParallelMap.to(ends.end(), ends.end()).metrics(ends.meters()).build())),
    FORWARD(ends -> begin(ends)
            .then(Forward.to(ends.end())
                    .when(request -> true)
                    .answering(ends::answer)
                    .build())
            .to(ends.end())),
    /** By the pipeline, so that nothing waits for time to pass. */
    COALESCE(() -> Coalesce.of(64, Duration.ofSeconds(1))),
    /** Twice the work: all is copied. */
    TEE(ends -> begin(ends).then(Tee.to(ends.end()).build()).to(ends.end())),

    /** A read, of which the three replicas think the same. */
    TUNABLE_CONSISTENCY(ends -> begin(ends)
            .to(TunableConsistency.over(ends.end(), ends.end(), ends.end())
                    .versions(RedisVersionStamp.create())
                    .metrics(ends.meters())
                    .build())),
    REDIS_KEY_PREFIX(() -> RedisKeyPrefix.of("tenant:")),
    REDIS_PORTS_REWRITE(() -> RedisPortsRewrite.toPort(7_000)),
    CASSANDRA_PEERS_REWRITE(() -> CassandraPeersRewrite.toPort(9_042));

    /** Where a chain ends. */
    interface Ends {
        /** One more database. */
        Chain end();

        /** What each of them answers. */
        Message answer(Message request);

        MeterRegistry meters();
    }

    private interface Made {
        Chain by(Ends ends);
    }

    @SuppressWarnings("ImmutableEnumChecker") // makes something new each time, and keeps nothing
    private final Made made;

    TransformStep(Made made) {
        this.made = made;
    }

    TransformStep(Supplier<Transform> transform) {
        this(ends -> begin(ends).then(transform.get()).to(ends.end()));
    }

    private static ChainBuilder begin(Ends ends) {
        return Chain.named("benchmark").metrics(ends.meters());
    }

    /** Of no more than one file of a few megabytes, and the one before it. */
    private static Capture.Builder capture() {
        try {
            Path folder = Files.createTempDirectory("kawarau-benchmark");
            List.of(folder, folder.resolve("capture.1"), folder.resolve("capture"))
                    .forEach(path -> path.toFile().deleteOnExit());
            return Capture.of(folder.resolve("capture")).files(16 << 20, 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Chain chain(Ends ends) {
        return made.by(ends);
    }
}
