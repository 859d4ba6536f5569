package dev.kawarau.transform.route;

import dev.kawarau.Message;
import io.netty.buffer.ByteBufUtil;

/**
 * Tells whether two databases answered a request the same. Called on the event loop of the request's session, so it neither
 * blocks nor keeps a message. One object serves all loops, so it is thread-safe. What it throws counts as
 * {@link Comparison#SKIPPED}, and is logged.
 */
@FunctionalInterface
public interface ResponseComparator {
    /**
     * Compares two responses to one request.
     *
     * @param original what the rest of the chain answered
     * @param copy what the other chain answered
     */
    Comparison compare(Message request, Message original, Message copy);

    /** Compares only whether both sides answered with an error. Works for every protocol and costs next to nothing. */
    static ResponseComparator outcomes() {
        return (request, original, copy) -> original.isError() == copy.isError()
                ? Comparison.EQUAL
                : Comparison.different(original.isError() ? "the copy has no error" : "the copy has an error");
    }

    /** Compares the bytes on the wire. Not for CQL, where they hold the number of a stream. */
    static ResponseComparator bytes() {
        return (request, original, copy) -> ByteBufUtil.equals(original.bytes(), copy.bytes())
                ? Comparison.EQUAL
                : Comparison.different(original.size() + " bytes, the copy has " + copy.size());
    }
}
