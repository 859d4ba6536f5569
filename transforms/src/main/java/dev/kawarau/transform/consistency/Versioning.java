package dev.kawarau.transform.consistency;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.time.Duration;

/**
 * What {@link TunableConsistency} needs to know of a protocol: which keys a request reads and writes, and how a database
 * keeps a {@link Stamp} with a value. A database must store a {@link Mutation} as a whole or not at all, compare its stamp
 * with the one that it has, and let the higher one stay. Called on event loops, several at once.
 */
public interface Versioning {
    /** The name of the protocol. */
    String protocol();

    /**
     * How a request is carried out. Called once for each, in the order in which a session's requests come.
     *
     * @param millis the time of day, in milliseconds since 1970, for what expires: the same for all replicas
     * @throws dev.kawarau.Failure if it cannot be
     */
    Plan plan(Message request, long millis);

    /**
     * The stamp that a replica has after it was told to store a mutation: the mutation's own, or a higher one.
     *
     * @throws dev.kawarau.Failure if the answer is an error
     */
    Stamp stored(Message answer);

    /** Sends a question or a mutation to a replica, and does what it takes to have it understood. */
    default Reply send(Chain replica, Message request) {
        return replica.send(request);
    }

    /** How long a replica remembers the stamp of what was deleted; no mutation may arrive later than that after it was made. */
    Duration memory();

    /** Whether a session may go to another chain: false if it has something here that the other would not know of. */
    default boolean leave(Session session) {
        return true;
    }
}
