package dev.kawarau.transform.consistency;

/** What one replica knows of one key: a value or its absence, and the stamp of the write that made it so. */
public interface Version {
    /** The stamp; {@link Stamp#NONE} if the replica knows nothing of the key, or no stamp of it. */
    Stamp stamp();

    /** Whether this is to be believed rather than another of the same stamp, such as when one server's clock has let a value expire. */
    default boolean outranks(Version other) {
        return false;
    }

    /** What brings a replica that is behind to this version. */
    Mutation repair();
}
