package dev.kawarau;

import org.jspecify.annotations.Nullable;

/**
 * Something that takes a request and gives a {@link Reply}. The rest of a chain is a chain; a sub-chain is a chain; a
 * {@link Sink} is the chain that ends one.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders")
 *         .then(QueryCounter.named("orders"))
 *         .to(RedisSink.at("redis://127.0.0.1:6379"));
 * }</pre>
 *
 * <p>A built chain is immutable, serves any number of listeners and event loops at once, and prints as it nests.
 */
@FunctionalInterface
public interface Chain {
    /**
     * Sends a request down the chain. Called on the event loop of the request's session. Never throws: what goes wrong
     * is a failed reply.
     */
    Reply send(Message request);

    /**
     * Hands a message that the database sent without being asked up through the transforms of this chain.
     *
     * @return what is to reach the client, or null if a transform dropped it
     */
    default @Nullable Message onPush(Session session, Message push) {
        return push;
    }

    /**
     * Asked on the session's event loop when another chain that ends at another sink is to serve a session: hands over what
     * can be, and lets go of the session.
     *
     * @return false if the session has something here that cannot be handed over, such as a transaction or a subscription:
     *     then its requests still come here, and this is asked again when some of them were answered
     */
    default boolean leave(Session session) {
        return true;
    }

    /** The name of the protocol that the chain's sinks speak, or null if it takes any. */
    default @Nullable String protocol() {
        return null;
    }

    /**
     * Closes the transforms that the chain was built with, but not its sink: chains may share one, so whoever made it
     * closes it.
     */
    default void close() {}

    /** Begins a chain. The name shows in errors, logs and metrics. */
    static ChainBuilder named(String name) {
        return new ChainBuilder(name);
    }
}
