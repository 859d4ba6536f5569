package dev.kawarau;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One step of a {@link Chain}: it may look at, change, answer, drop, copy, delay or hand on a request, and the same for
 * its response. One object serves every connection and every event loop, so per-connection state lives in
 * {@link Session#get}, and shared state is thread-safe.
 *
 * <pre>{@code
 * Transform timed = (request, next) -> {
 *     long start = request.session().nanoTime();
 *     return next.send(request).whenDone((response, failure) -> record(request.session().nanoTime() - start));
 * };
 * }</pre>
 *
 * <p>A transform that does not care for the response returns {@code next.send(request)} and costs nothing on the way
 * back. It never blocks the event loop; {@link #blocking} offloads what must.
 */
@FunctionalInterface
public interface Transform {
    /**
     * Takes a request and gives its reply. Called on the session's event loop, for each session in the order in which
     * its requests came.
     *
     * @param next the rest of the chain; may be called never, once or several times, now or later on the same loop
     * @return the one reply to {@code request}. Throwing is the same as returning {@link Reply#failed}.
     */
    Reply handle(Message request, Chain next);

    /**
     * Sees a message that the database sent without being asked (pub/sub messages, invalidations, events), on its way
     * to a client of this chain. Called on the session's event loop, from the sink's end of the chain up.
     *
     * @return the message to hand on: the same, another one, or null to drop it
     */
    default @Nullable Message onPush(Session session, Message push) {
        return push;
    }

    /**
     * The chains, beside the rest of its own, that the transform sends requests to. They must speak the protocol of the
     * chain that it is part of, and a session leaves that chain when it can leave these too. Like a sink, they are closed by
     * whoever made them.
     */
    default List<Chain> chains() {
        return List.of();
    }

    /**
     * Asked on the session's event loop, before the rest of the chain and {@link #chains} are, when another chain is to serve
     * a session: for transforms that hold requests back, which those that follow on the other chain must not overtake. They
     * may send them on now.
     *
     * @return false if something of the session has to be waited for; asked again as {@link Chain#leave} is
     */
    default boolean leave(Session session) {
        return true;
    }

    /** Tells the transform, once, when the chain that it is part of is built. */
    default void onBuild(TransformContext context) {}

    /** What the chain's printed form and metrics call this transform. */
    default String name() {
        String simple = getClass().getSimpleName();
        return getClass().isHidden() || getClass().isSynthetic() || simple.isEmpty() ? "lambda" : simple;
    }

    /**
     * A transform whose {@link #handle} runs on an executor, since it blocks. The requests of one session are handled one
     * after the other and in order; what {@code handle} sends to {@code next} leaves when it returns, on the event loop,
     * and the replies' callbacks run there too.
     *
     * @param executor threads that may block: a pool, or virtual threads. If it rejects, the request fails as overloaded.
     */
    static Transform blocking(Executor executor, Transform transform) {
        return new BlockingTransform(executor, transform);
    }
}
