package dev.kawarau.cql;

import dev.kawarau.Address;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.ListenerBuilder;
import java.util.Objects;

/**
 * Serves a chain to clients of Cassandra, in versions 3, 4 and 5 of its native protocol.
 *
 * <pre>{@code
 * try (Listener listener = CqlListener.on("127.0.0.1:9043").serve(chain)) { ... }
 * }</pre>
 *
 * <p>Responses leave as they come, each on the stream of its request. A client that asks for another version, or for
 * none that there is, gets a protocol error that it can read, and may try again on the same connection. Compression is
 * between the client and the listener: LZ4 in all versions, Snappy in 3 and 4.
 */
public final class CqlListener extends ListenerBuilder<CqlListener> {
    /** The name by which chains and sinks know CQL. */
    public static final String PROTOCOL = "CQL";

    private int maxFrameBytes = 16 << 20;
    private long maxPreparedBytes = 16 << 20;
    private CqlSchema schema = CqlSchema.NONE;
    private boolean plainFrames;

    private CqlListener(String address) {
        super(address);
    }

    /**
     * Begins a listener on {@code host:port}, {@code unix:/path} or, for clients in this JVM, {@code local:name}.
     *
     * @throws IllegalArgumentException if that is no address
     */
    public static CqlListener on(String address) {
        return new CqlListener(address);
    }

    /**
     * The longest body of a request in bytes, uncompressed; 16 MiB if not set, as in Cassandra. A client that sends a
     * longer one gets a protocol error and is disconnected.
     *
     * @throws IllegalArgumentException if it is not 1 to {@link CqlFrameHeader#MAX_BODY_BYTES}
     */
    public CqlListener maxFrameBytes(int most) {
        once("maxFrameBytes");
        if (most < 1 || most > CqlFrameHeader.MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "maxFrameBytes must be 1 to " + CqlFrameHeader.MAX_BODY_BYTES + ", not " + most);
        }
        this.maxFrameBytes = most;
        return this;
    }

    /**
     * How much memory may be used to remember what prepared ids stand for, in bytes and roughly, and as much again for
     * texts that came with values; 16 MiB if not set. What is forgotten passes as before, but transforms no longer see what
     * it does until it is prepared again.
     */
    public CqlListener maxPreparedBytes(long most) {
        once("maxPreparedBytes");
        if (most < 0) {
            throw new IllegalArgumentException("maxPreparedBytes must not be negative, as is " + most);
        }
        this.maxPreparedBytes = most;
        return this;
    }

    /**
     * Where it is looked up which columns are a table's primary key, and of what types; if not set, only the partition
     * keys of prepared statements are known, since the server tells them.
     */
    public CqlListener schema(CqlSchema source) {
        once("schema");
        this.schema = Objects.requireNonNull(source, "schema");
        return this;
    }

    /**
     * Takes and sends plain frames in every version, never compressed and never in segments, and takes clients as past the
     * handshake if they begin with anything else. That is how requests stand in a capture, so it is for replays; drivers do
     * not speak so.
     *
     * @throws IllegalStateException if the address is not a {@code local:} one: what skips the handshake is for clients in
     *     this JVM alone
     */
    public CqlListener plainFrames() {
        once("plainFrames");
        if (address().scheme() != Address.Scheme.LOCAL) {
            throw new IllegalStateException(
                    "listener on " + address()
                            + ": plainFrames skips the handshake, so it is for clients in this JVM, at an address like local:replay");
        }
        this.plainFrames = true;
        return this;
    }

    /**
     * Binds the address and serves a chain.
     *
     * @throws IllegalArgumentException if the chain speaks another protocol
     * @throws java.io.UncheckedIOException if the address cannot be bound
     */
    public Listener serve(Chain chain) {
        KnownStatements statements = new KnownStatements(maxPreparedBytes, meters());
        return start("CqlListener", new CqlProtocol(maxFrameBytes, schema, statements, plainFrames), chain);
    }

    @Override
    protected CqlListener self() {
        return this;
    }
}
