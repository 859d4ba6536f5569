package dev.kawarau.sink.redis;

import dev.kawarau.resp.RespMessage;

/**
 * How much a session may ask for at once over a shared connection, where replies to others stand behind its own: so many
 * requests that their replies, judged by the size of the latest, are a few megabytes. Confined to the loop.
 */
final class ReplyWindow {
    private static final long BYTES = 4 << 20;

    /** So many requests at least. */
    private static final int REQUESTS = 4;

    private int inFlight;

    /** How large a reply may be: a guess at first, then falling slowly from the largest that came. */
    private int replySize = 32 << 10;

    boolean isFull() {
        return inFlight >= REQUESTS && (long) inFlight * replySize > BYTES;
    }

    boolean isEmpty() {
        return inFlight == 0;
    }

    void sent() {
        inFlight++;
    }

    void answered(RespMessage reply) {
        int size = reply.size();
        replySize = size >= replySize ? size : replySize - ((replySize - size) >> 5);
    }

    void done() {
        inFlight--;
    }
}
