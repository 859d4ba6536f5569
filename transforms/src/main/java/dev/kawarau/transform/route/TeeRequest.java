package dev.kawarau.transform.route;

import dev.kawarau.Message;
import dev.kawarau.Query;

/**
 * A request as it reached a {@link Tee}, with all that is to be known of it. It is asked for at once, since what a request
 * may do depends on those that came before it.
 *
 * @param wanted whether it is to be copied
 * @param changesState whether later requests of the session may count on it
 * @param joinsTransaction whether a transaction without it must not be carried out
 * @param misses whether a side that does not carry it out may have other data afterwards, and was meant to have the same
 * @param size bytes of the request
 */
record TeeRequest(
        Message message,
        String operation,
        boolean wanted,
        boolean changesState,
        boolean joinsTransaction,
        boolean misses,
        int size,
        TeeCounts.Operation counts) {

    static TeeRequest of(Message message, Tee tee) {
        Query query = message.query();
        boolean wanted = tee.wants(message, query);
        boolean writes = switch (query.kind()) {
            case WRITE, READ_WRITE, SCHEMA -> true;
            default -> false;
        };
        // What nobody knows may have any name.
        String operation = query.kind() == Query.Kind.OTHER ? "OTHER" : query.operation();
        return new TeeRequest(
                message,
                operation,
                wanted,
                query.kind() == Query.Kind.SESSION,
                query.joinsTransaction(),
                writes && (wanted || query.isBlocking()),
                message.size(),
                tee.counts().of(operation));
    }

    /** Whether what follows on the other side must not be carried out without it. */
    boolean isCountedOn() {
        return changesState || joinsTransaction;
    }
}
