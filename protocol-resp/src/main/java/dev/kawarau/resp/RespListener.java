package dev.kawarau.resp;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.ListenerBuilder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves a chain to Redis and Valkey clients, in RESP2 and RESP3.
 *
 * <pre>{@code
 * try (Listener listener = RespListener.on("127.0.0.1:6380").serve(chain)) { ... }
 * }</pre>
 */
public final class RespListener extends ListenerBuilder<RespListener> {
    /** The name by which chains and sinks know RESP. */
    public static final String PROTOCOL = "RESP";

    private RespLimits limits = RespLimits.DEFAULT;
    private @Nullable RespUsers users;

    private RespListener(String address) {
        super(address);
    }

    /**
     * Begins a listener on {@code host:port}, {@code unix:/path} or, for clients in this JVM, {@code local:name}.
     *
     * @throws IllegalArgumentException if that is no address
     */
    public static RespListener on(String address) {
        return new RespListener(address);
    }

    /** What a client may send at most; {@link RespLimits#DEFAULT} if not set. */
    public RespListener limits(RespLimits most) {
        once("limits");
        this.limits = Objects.requireNonNull(most, "limits");
        return this;
    }

    /**
     * Who may do what. Clients then authenticate here, with AUTH or HELLO, and never with the server behind. If not set,
     * everybody who can connect may do everything.
     */
    public RespListener users(RespUsers allowed) {
        once("users");
        this.users = Objects.requireNonNull(allowed, "users");
        return this;
    }

    /**
     * Binds the address and serves a chain.
     *
     * @throws IllegalArgumentException if the chain speaks another protocol
     * @throws java.io.UncheckedIOException if the address cannot be bound
     */
    public Listener serve(Chain chain) {
        return start("RespListener", new RespProtocol(limits, users), chain);
    }

    @Override
    protected RespListener self() {
        return this;
    }
}
