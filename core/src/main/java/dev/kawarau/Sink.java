package dev.kawarau;

/**
 * The end of a {@link Chain}: it talks to a database. A sink takes requests from every event loop, and answers each on
 * the loop of its session. Chains may share one, so whoever made a sink closes it.
 */
public interface Sink extends Chain, AutoCloseable {
    /** Closes the upstream connections. Requests under way fail. */
    @Override
    void close();
}
