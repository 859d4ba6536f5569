package dev.kawarau.transform;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Sink;

/**
 * The end of a chain that reaches no database: it answers every request, of any protocol, with a native error that says
 * {@code handled by the null sink}. For chains whose transforms answer everything themselves, and for measuring them.
 * Thread-safe; there is only one, and closing it does nothing.
 */
public final class NullSink implements Sink {
    private static final NullSink ONLY = new NullSink();

    // A complete reply never changes, so all requests may have the same.
    private final Reply reply =
            Reply.failed(new Failure(Failure.Kind.UNSUPPORTED, "handled by the null sink: there is no database here"));

    private NullSink() {}

    /** The sink. */
    public static NullSink create() {
        return ONLY;
    }

    @Override
    public Reply send(Message request) {
        return reply;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "NullSink";
    }
}
