package dev.kawarau.transform.route;

import dev.kawarau.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one response of those that several chains gave to a request, for a {@link Scatter}.
 *
 * <pre>{@code
 * Collate longest = (request, answers) -> answers.stream()
 *         .filter(answer -> !answer.isError())
 *         .map(Collate.Answer::response)
 *         .max(Comparator.comparingInt(Message::size))
 *         .orElseThrow(() -> new Failure(Failure.Kind.UNAVAILABLE, "no chain answered"));
 * }</pre>
 *
 * <p>Called on the session's event loop, on several loops at once, and must not block.
 */
@FunctionalInterface
public interface Collate {
    /**
     * The response to a request. Called once, when all chains have answered, the time is up, or {@linkplain #isEnough
     * enough} is there.
     *
     * @param answers one for each chain that was sent the request, in the order in which they were named; those that are
     *     pending only if this said that it had enough
     * @return one of the responses, or one that is made of them or by hand
     * @throws RuntimeException a {@link dev.kawarau.Failure} for the client to read
     */
    Message collate(Message request, List<Answer> answers);

    /**
     * Whether the answers that are there decide the response, so that nobody waits for the rest. Asked after each answer.
     *
     * @param answers as for {@link #collate}, at least one of them pending
     */
    default boolean isEnough(Message request, List<Answer> answers) {
        return false;
    }

    /**
     * The first in the order of naming that is no error, as soon as all that were named before it have failed. If all did, the
     * first error.
     */
    static Collate first() {
        return Collation.FIRST;
    }

    /**
     * The first to arrive that is no error (hedging): the slow and the broken are not waited for. If all failed, the first error
     * in the order of naming.
     */
    static Collate fastest() {
        return Collation.FASTEST;
    }

    /**
     * The first in the order of naming if no chain failed, else the first error: for writes that all are to have. Waits for
     * all of them, also after an error. A failure says whether others may have carried the request out.
     */
    static Collate all() {
        return Collation.ALL;
    }

    /**
     * What one chain made of a request.
     *
     * @param chain the name of the chain
     * @param response what it answered, perhaps an error of its database; null if there is none
     * @param failure why there is no response: a {@link dev.kawarau.Failure}, of kind TIMEOUT if the time was up, or a bug;
     *     null if there is a response, or nothing yet
     */
    record Answer(
            String chain,
            @Nullable Message response,
            @Nullable Throwable failure) {
        /** Whether the chain has not answered yet. */
        public boolean isPending() {
            return response == null && failure == null;
        }

        /** Whether the chain failed, or answered with an error. */
        public boolean isError() {
            return failure != null || (response != null && response.isError());
        }
    }
}
