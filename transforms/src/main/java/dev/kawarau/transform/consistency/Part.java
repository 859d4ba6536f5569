package dev.kawarau.transform.consistency;

import dev.kawarau.Message;

/** What a request does to one key: reads it, or writes it as a whole. */
public interface Part {
    /** The key, with equals and hashCode: parts of equal keys take effect in the order of their session. */
    Object key();

    /** The request that asks a replica which version it has. It changes nothing. */
    Message question(Message origin);

    /**
     * What a replica answered to the question.
     *
     * @throws dev.kawarau.Failure if the answer is an error
     */
    Version version(Message answer);

    /** Whether it writes. */
    boolean isWrite();

    /**
     * What a write stores; not asked of a read.
     *
     * @param stamp the new version, higher than all that were seen
     */
    Mutation mutation(Stamp stamp);
}
