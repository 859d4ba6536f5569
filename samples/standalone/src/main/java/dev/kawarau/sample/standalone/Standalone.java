package dev.kawarau.sample.standalone;

import dev.kawarau.Address;
import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.transform.cassandra.CassandraPeersRewrite;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy for Redis or Cassandra as a process: one listener, one chain, one sink, and metrics over HTTP. {@code --help} prints the
 * options.
 */
public final class Standalone implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Standalone.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** What was opened, last first, which is the order to close it in. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private final Listener listener;
    private final @Nullable MetricsServer metrics;

    private Standalone(Options options) {
        try {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            open.push(registry::close);
            watchTheProcess(registry);
            EventLoops loops = opened(EventLoops.of(options.threads()));
            Address at = options.metrics();
            metrics = at == null ? null : opened(new MetricsServer(at, registry));
            String cassandra = options.cassandra();
            listener = cassandra == null
                    ? redis(options, loops, registry)
                    : cassandra(cassandra, options, loops, registry);
            open.push(this::drain);
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private Listener redis(Options options, EventLoops loops, PrometheusMeterRegistry registry) {
        RedisSink.Builder builder = RedisSink.to(options.redis()).metrics(registry);
        RedisSink sink = opened(options.transparent() ? builder.transparent().build() : builder.build());
        return RespListener.on(options.listen().toString())
                .eventLoops(loops)
                .metrics(registry)
                .serve(built(Chain.named("standalone").metrics(registry).to(sink)));
    }

    private Listener cassandra(String node, Options options, EventLoops loops, PrometheusMeterRegistry registry) {
        CassandraSink sink = opened(CassandraSink.to(node).metrics(registry).build());
        CqlListener unbound =
                CqlListener.on(options.listen().toString()).eventLoops(loops).metrics(registry);
        Supplier<ChainBuilder> chain = () -> Chain.named("standalone").metrics(registry);
        int port = options.listen().port();
        if (port > 0) {
            return unbound.serve(
                    built(chain.get().then(CassandraPeersRewrite.toPort(port)).to(sink)));
        }
        Listener bound = unbound.serve(built(chain.get().to(sink)));
        if (bound.port() > 0) {
            // The system has chosen it, so it is known only now.
            bound.serve(built(
                    chain.get().then(CassandraPeersRewrite.toPort(bound.port())).to(sink)));
        }
        return bound;
    }

    private static void watchTheProcess(PrometheusMeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        Gauge.builder("kawarau.budget.used", Budget.shared(), Budget::usedBytes)
                .description("bytes that connections hold between them")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("kawarau.budget.max", Budget.shared(), Budget::maxBytes)
                .description("bytes that connections may hold before they are read no further")
                .baseUnit("bytes")
                .register(registry);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private Chain built(Chain chain) {
        open.push(chain::close);
        return chain;
    }

    /**
     * Starts the proxy.
     *
     * @throws IllegalArgumentException if an option is wrong; the message is for the user
     * @throws UncheckedIOException if an address cannot be bound; the message is for the user
     */
    static Standalone start(Options options) {
        return new Standalone(options);
    }

    /** Where clients connect. */
    Address address() {
        return listener.address();
    }

    /** Where the metrics are, or null if nowhere. */
    @Nullable
    Address metricsAddress() {
        return metrics == null ? null : metrics.address();
    }

    private void drain() {
        log.info("stopping: answering what is under way, for up to {} s", DRAIN.toSeconds());
        boolean drained = listener.stop(DRAIN);
        log.info(drained ? "stopped, everything was answered" : "stopped, some requests were given up");
    }

    /** Answers what is under way, and ends. Takes as long as that takes, ten seconds at most. */
    @Override
    public void close() {
        AutoCloseable resource;
        while ((resource = open.poll()) != null) {
            try {
                resource.close();
            } catch (Exception failed) {
                log.warn("closing {} failed", resource, failed);
            }
        }
    }

    /** The program. Ends with exit code 1 if an address cannot be bound, and 2 for a bad option. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.println(Options.HELP);
                return;
            }
            Standalone proxy = start(options);
            Runtime.getRuntime().addShutdownHook(new Thread(proxy::close, "drain"));
            Address metrics = proxy.metricsAddress();
            if (metrics != null) {
                log.info("metrics are at http://{}/metrics", metrics);
            }
        } catch (IllegalArgumentException bad) {
            exit(2, bad.getMessage() + " (--help lists the options)");
        } catch (UncheckedIOException failed) {
            exit(1, failed.getMessage());
        }
        // The event loops are daemon threads.
        new CountDownLatch(1).await();
    }

    private static void exit(int code, @Nullable String message) {
        System.err.println("standalone: " + message);
        System.exit(code);
    }
}
