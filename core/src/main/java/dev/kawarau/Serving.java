package dev.kawarau;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** A chain while a listener serves it. A swap makes a new one; exchanges keep the one that they started on. */
final class Serving implements Chain {
    private final Chain chain;
    private final int generation;

    Serving(Chain chain, int generation) {
        this.chain = chain;
        this.generation = generation;
    }

    /** One more than that of the chain that was served before. */
    int generation() {
        return generation;
    }

    Chain chain() {
        return chain;
    }

    @Override
    public Reply send(Message request) {
        return chain instanceof BuiltChain built ? built.sendUncounted(request) : chain.send(request);
    }

    /** Whether a session may go on to another chain; one with the same sink knows all that this one does. */
    boolean mayLeave(Session session, Serving other) {
        return BuiltChain.end(chain) == BuiltChain.end(other.chain)
                ? !(chain instanceof BuiltChain built) || built.leaveBeside(session)
                : chain.leave(session);
    }

    ChainStats.@Nullable Local stats(EventLoop loop) {
        return chain instanceof BuiltChain built ? built.stats().local(loop) : null;
    }

    @Override
    public String toString() {
        return chain.toString();
    }
}
