package dev.kawarau.sink.cassandra;

import dev.kawarau.cql.CqlMessage;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that the server has not carried out, since it has forgotten statements of it, and the statements that are
 * prepared anew for it. Confined to its event loop.
 */
final class Unprepared {
    /** A server may forget a statement again before it is used: it was restarted, or has room for few. */
    private static final int MOST_REPEATS = 2;

    private final Trip trip;
    private final long since;
    private final Set<ByteBuffer> prepared = new HashSet<>();
    private @Nullable ByteBuffer named;
    private @Nullable CqlMessage error;
    private int times;
    private int awaited;
    private boolean hopeless;

    Unprepared(Trip trip) {
        this.trip = trip;
        this.since = trip.number();
    }

    Trip trip() {
        return trip;
    }

    /**
     * The server has said so.
     *
     * @param id the statement that it named
     * @param said what it said, in case that nothing can be done about it
     * @param late whether the statement was prepared anew in the meantime, so that nothing was forgotten again
     * @return false if it has said so too often for the statements that the request has
     */
    boolean again(ByteBuffer id, CqlMessage said, boolean late) {
        trip.takeBack();
        named = id;
        error = said;
        times += late ? 0 : 1;
        return times <= trip.request().operations().size() + MOST_REPEATS;
    }

    /** Whether more than one statement was forgotten, so that others of the request may have been too. */
    boolean mayNeedOthers() {
        return times > 1;
    }

    /** The {@linkplain Errand#number() number} of the request when it first failed. */
    long since() {
        return since;
    }

    /** Whether a statement was prepared anew for this request. */
    boolean had(ByteBuffer id) {
        return prepared.contains(id);
    }

    /** The request waits for a statement to be prepared. */
    void await(ByteBuffer id) {
        prepared.add(id);
        awaited++;
    }

    /** A statement that the request waited for was prepared, or cannot be: of one that the server did not name, no matter. */
    void settled(ByteBuffer id, boolean isPrepared) {
        hopeless |= !isPrepared && id.equals(named);
        awaited--;
    }

    /** Whether there is something to wait for. */
    boolean isAwaiting() {
        return awaited > 0;
    }

    /** Whether what the server named cannot be prepared. */
    boolean isHopeless() {
        return hopeless;
    }

    /** Nothing can be done about it, so the client has to prepare the statement anew. */
    void tellClient() {
        trip.reply().complete(Objects.requireNonNull(error));
    }
}
