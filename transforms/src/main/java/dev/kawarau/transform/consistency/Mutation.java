package dev.kawarau.transform.consistency;

import dev.kawarau.Message;

/**
 * One version of one key, to be stored by a replica unless that has a higher one. Storing it twice changes nothing. It
 * holds all it needs, so it may be kept and sent again on behalf of another session of the same event loop.
 */
public interface Mutation {
    /** The version. */
    Stamp stamp();

    /**
     * The request that stores it.
     *
     * @param origin a request of the session on whose behalf it is sent; its exchange may be over
     */
    Message message(Message origin);

    /** Bytes that it takes to keep, about. */
    int size();
}
