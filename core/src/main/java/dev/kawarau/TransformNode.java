package dev.kawarau;

import dev.kawarau.wire.LoopClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transform in its place in a chain: counts, and turns what the transform must not do into a failed reply. */
final class TransformNode implements Chain {
    private static final Logger log = LoggerFactory.getLogger(TransformNode.class);

    private final BuiltChain chain;
    private final String name;
    private final Transform transform;
    private final Chain next;
    private final ChainStats stats;
    private final Chain handle = this::handle;

    TransformNode(BuiltChain chain, String name, Transform transform, Chain next, MeterRegistry meters) {
        this.chain = chain;
        this.name = name;
        this.transform = transform;
        this.next = next;
        this.stats = ChainStats.open(meters, Tags.of("chain", chain.name(), "transform", name), false);
    }

    String name() {
        return name;
    }

    Transform transform() {
        return transform;
    }

    @Override
    public Reply send(Message request) {
        return request.hasSession() ? counted(stats, request, handle) : handle(request);
    }

    /** All are asked, and the transform first: what it sends on now has to come before the sink lets go of the session. */
    @Override
    public boolean leave(Session session) {
        boolean mine = transform.leave(session);
        boolean left = next.leave(session);
        return mine && leaveChains(session) && left;
    }

    /** Whether a session may leave the transform, and the chains that it sends to beside its own. */
    boolean leaveBeside(Session session) {
        return transform.leave(session) && leaveChains(session);
    }

    private boolean leaveChains(Session session) {
        boolean left = true;
        for (Chain other : transform.chains()) {
            left &= other.leave(session);
        }
        return left;
    }

    private Reply handle(Message request) {
        Reply reply;
        try {
            reply = transform.handle(request, next);
        } catch (Throwable thrown) {
            if (thrown instanceof VirtualMachineError) {
                throw thrown;
            }
            return Reply.failed(thrown);
        }
        return reply != null ? reply : Reply.failed(new IllegalStateException(this + " returned null, not a reply"));
    }

    /** Sends a request and keeps statistics of it, on the request's event loop. */
    static Reply counted(ChainStats stats, Message request, Chain target) {
        EventLoop loop = request.session().loop();
        ChainStats.Local local = stats.local(loop);
        LoopClock clock = request.exchange().clock();
        local.begin();
        long start = clock.nanoTime();
        Reply reply = target.send(request);
        if (reply.isDone()) {
            local.end(clock.nanoTime() - start, failed(reply.message()));
        } else {
            reply.deliver((response, failure) -> local.end(clock.nanoTime() - start, failed(response)));
        }
        return reply;
    }

    /** Whether a reply counts as failed. Never throws, whatever became of the response, since others wait to be told. */
    static boolean failed(@Nullable Message response) {
        try {
            return response == null || response.isError();
        } catch (RuntimeException released) {
            return true;
        }
    }

    @Override
    public void close() {
        if (transform instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception failed) {
                log.warn("closing {} failed", this, failed);
            }
        }
        stats.close();
    }

    @Override
    public String toString() {
        return "transform \"" + name + "\" in chain \"" + chain.name() + "\"";
    }
}
