package dev.kawarau;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What listeners of every protocol have in common. Protocol modules extend it, as {@code RespListener} does. Each
 * setting may be made once.
 *
 * @param <B> the builder's own type
 */
public abstract class ListenerBuilder<B extends ListenerBuilder<B>> {
    /** What happens to a connection beyond the limit. */
    public enum Overflow {
        /** It gets the protocol's error and is closed. */
        REFUSE,
        /** It waits, unread, until another one closes. */
        WAIT
    }

    private final Address address;
    private final Set<String> set = new HashSet<>();

    @Nullable
    EventLoops loops;

    @Nullable
    MeterRegistry meters;

    @Nullable
    Budget budget;

    @Nullable
    Tls tls;

    int maxConnections = 10_000;
    Overflow overflow = Overflow.REFUSE;
    int maxInFlight = 4_096;
    long maxHeldBytes = 64L << 20;
    long idleNanos;
    long frameNanos = Duration.ofSeconds(30).toNanos();
    long writeNanos = Duration.ofSeconds(60).toNanos();

    /** For a builder of a protocol. */
    protected ListenerBuilder(String address) {
        this.address = Address.parse(address);
    }

    /** Where it listens. */
    protected final Address address() {
        return address;
    }

    /** This, as its own type. */
    protected abstract B self();

    /**
     * Notes that a setting is made.
     *
     * @throws IllegalStateException if it was made before
     */
    protected final void once(String setting) {
        if (!set.add(setting)) {
            throw new IllegalStateException("listener on " + address + ": " + setting + " is set already");
        }
    }

    /** The threads; {@link EventLoops#shared()} if not set. Closing the listener leaves them running. */
    public final B eventLoops(EventLoops eventLoops) {
        once("eventLoops");
        this.loops = Objects.requireNonNull(eventLoops, "eventLoops");
        return self();
    }

    /** Where the listener's metrics go; Micrometer's global registry if not set. */
    public final B metrics(MeterRegistry registry) {
        once("metrics");
        this.meters = Objects.requireNonNull(registry, "registry");
        return self();
    }

    /** The byte budget; {@link Budget#shared()} if not set. */
    public final B budget(Budget bytes) {
        once("budget");
        this.budget = Objects.requireNonNull(bytes, "budget");
        return self();
    }

    /** Speaks TLS, and nothing else, on this address. */
    public final B tls(Tls server) {
        once("tls");
        this.tls = Objects.requireNonNull(server, "tls").requireServer();
        return self();
    }

    /** How many clients may be connected, 10,000 if not set, and what happens to the next one. */
    public final B maxConnections(int connections, Overflow beyond) {
        once("maxConnections");
        this.maxConnections = positive("maxConnections", connections);
        this.overflow = Objects.requireNonNull(beyond, "overflow");
        return self();
    }

    /** How many requests of one connection may be under way before it is read no further; 4,096 if not set. */
    public final B maxInFlight(int requests) {
        once("maxInFlight");
        this.maxInFlight = positive("maxInFlight", requests);
        return self();
    }

    /**
     * How many bytes of requests under way and of unread responses one connection may hold before it is read no further;
     * 64 MiB if not set, and never more than half of the {@link #budget}. A single request or response may be larger.
     */
    public final B maxHeldBytes(long bytes) {
        once("maxHeldBytes");
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "listener on " + address + ": maxHeldBytes must be at least 1, not " + bytes);
        }
        this.maxHeldBytes = bytes;
        return self();
    }

    /** Closes a connection on which nothing moved for this long in either direction; never if not set. */
    public final B idleTimeout(Duration timeout) {
        once("idleTimeout");
        this.idleNanos = positive("idleTimeout", timeout);
        return self();
    }

    /**
     * Closes a connection that began a request and did not finish it in time, 30 seconds if not set; a long request has
     * another second for every 64 KiB of it.
     */
    public final B frameTimeout(Duration timeout) {
        once("frameTimeout");
        this.frameNanos = positive("frameTimeout", timeout);
        return self();
    }

    /** Closes a connection that has replies waiting and takes none of them for this long; 60 seconds if not set. */
    public final B writeTimeout(Duration timeout) {
        once("writeTimeout");
        this.writeNanos = positive("writeTimeout", timeout);
        return self();
    }

    private int positive(String setting, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "listener on " + address + ": " + setting + " must be at least 1, not " + value);
        }
        return value;
    }

    private long positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "listener on " + address + ": " + setting + " must be longer than nothing, not " + value);
        }
        return value.toNanos();
    }

    /**
     * Binds and serves a chain. For the {@code serve} method of a protocol's builder.
     *
     * @param builder the builder's name for errors, such as {@code RespListener}
     * @throws IllegalArgumentException if the chain speaks another protocol
     * @throws java.io.UncheckedIOException if the address cannot be bound
     */
    protected final Listener start(String builder, Protocol protocol, Chain chain) {
        return new Listener(this, builder, protocol, address, chain);
    }

    final EventLoops eventLoops() {
        return loops == null ? EventLoops.shared() : loops;
    }

    /** Where metrics go. */
    protected final MeterRegistry meters() {
        return meters == null ? Metrics.globalRegistry : meters;
    }

    final Budget budget() {
        return budget == null ? Budget.shared() : budget;
    }
}
