package dev.kawarau.testkit;

import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.Listener;
import dev.kawarau.Transform;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Puts transforms to the test: a chain of them, served by a real listener over the in-VM transport, with a client that
 * speaks bytes at one end and a {@link ScriptedSink} at the other.
 *
 * <pre>{@code
 * try (ChainTester chain = ChainTester.of(
 *         (address, served) -> RespListener.on(address).serve(served), QueryTypeFilter.deny(Query.Kind.ADMIN))) {
 *     chain.sink().answers(RespMessage.of(RespValue.ok()));
 *
 *     chain.client().send("SET k v\r\n").expect("+OK\r\n");
 *
 *     assertThat(chain.sink().next().operation()).isEqualTo("SET");
 * }
 * }</pre>
 *
 * <p>{@link #close()} is part of the test: it fails if a transform never replied, or if something still holds a buffer of
 * an exchange that is over. Methods may be called from any thread but an event loop; whatever waits gives up after
 * {@link #PATIENCE}.
 */
public final class ChainTester implements AutoCloseable {
    /** How long anything here waits for what should happen at once. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final AtomicLong numbers = new AtomicLong();

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final HeldBuffers buffers = new HeldBuffers();
    private final ScriptedSink sink = new ScriptedSink(buffers);
    private final List<TestClient> clients = new ArrayList<>();
    private final Chain chain;
    private final Listener listener;

    private ChainTester(BiFunction<String, Chain, Listener> protocol, Transform... transforms) {
        long number = numbers.incrementAndGet();
        ChainBuilder builder = Chain.named("test-" + number).metrics(meters);
        for (Transform transform : transforms) {
            builder.then(transform);
        }
        this.chain = builder.to(sink);
        this.listener = protocol.apply("local:chain-tester-" + number, chain);
    }

    /**
     * Builds and serves a chain of the transforms, the first one next to the client.
     *
     * @param protocol serves a chain on an address, such as
     *     {@code (address, chain) -> RespListener.on(address).serve(chain)}
     */
    public static ChainTester of(BiFunction<String, Chain, Listener> protocol, Transform... transforms) {
        return new ChainTester(protocol, transforms);
    }

    /** The end of the chain, for the test to script. */
    public ScriptedSink sink() {
        return sink;
    }

    /** The first client; connects when it is first asked for. */
    public synchronized TestClient client() {
        return clients.isEmpty() ? connect() : clients.get(0);
    }

    /** One more client, with a connection of its own. */
    public synchronized TestClient connect() {
        TestClient client = new TestClient(listener.address().host(), buffers);
        clients.add(client);
        return client;
    }

    /** The chain under test. */
    public Chain chain() {
        return chain;
    }

    /** What serves the chain. */
    public Listener listener() {
        return listener;
    }

    /** Where the chain's metrics are. */
    public MeterRegistry meters() {
        return meters;
    }

    /**
     * Hangs up, stops everything, and checks that nothing was left behind.
     *
     * @throws AssertionError if a request reached the sink and the test never answered it, if a transform never replied,
     *     or if a buffer of an exchange is held although all of them are over
     */
    @Override
    public void close() {
        close(PATIENCE);
    }

    /** {@linkplain #close() Closes}, and waits no longer than this for anything to end. */
    public void close(Duration patience) {
        List<String> problems = new ArrayList<>();
        // What is under way on an event loop at this moment is not the test's to answer.
        await(patience, sink::isScripted);
        sink.unanswered().forEach(arrival -> {
            problems.add("the test never answered " + arrival + " at the sink");
            arrival.fail(new IllegalStateException("the test is over"));
        });
        if (!await(patience, () -> waiting().isEmpty())) {
            problems.addAll(waiting());
        }
        synchronized (this) {
            clients.forEach(TestClient::close);
        }
        if (!listener.stop(patience)) {
            problems.add(listener + " did not stop within " + patience);
        }
        chain.close();
        if (!await(patience, () -> buffers.held().isEmpty())) {
            problems.addAll(buffers.held());
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("\n", problems));
        }
    }

    /** What the chain's metrics say is under way, from the client's end of the chain on. */
    private List<String> waiting() {
        return meters.find("kawarau.inflight").gauges().stream()
                .filter(gauge -> gauge.value() != 0)
                .map(ChainTester::waiting)
                .collect(Collectors.toList());
    }

    private static String waiting(Gauge gauge) {
        String transform = gauge.getId().getTag("transform");
        String place = transform == null || transform.isEmpty() ? "the chain" : "transform \"" + transform + "\"";
        return place + " never replied to " + (long) gauge.value() + " request(s)";
    }

    private static boolean await(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }
}
