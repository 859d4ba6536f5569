package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A chain beside that of a transform, as the latter sees it. A session goes by another name there, so the transform knows
 * whether it can leave.
 */
record ChainBeside(Chain chain, Predicate<Session> leaving) implements Chain {
    @Override
    public Reply send(Message request) {
        return chain.send(request);
    }

    @Override
    public @Nullable String protocol() {
        return chain.protocol();
    }

    @Override
    public boolean leave(Session session) {
        return leaving.test(session);
    }

    @Override
    public String toString() {
        return chain.toString();
    }
}
