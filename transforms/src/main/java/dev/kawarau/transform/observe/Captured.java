package dev.kawarau.transform.observe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request and what came of it, as a capture keeps them; or the end of a session, which is all but empty.
 *
 * @param session the number of the session in the process that captured it
 * @param number of the request in its session, from 1 on: one that is missing was not captured
 * @param micros when it came, in microseconds since the capture began
 * @param kind the name of a {@link dev.kawarau.Query.Kind}; not in a raw capture but for {@code SESSION}
 * @param keys those that are shown
 * @param failure the name of a failure's kind; empty if there is none
 * @param request the bytes on the wire; null if they are not kept
 * @param response likewise
 */
@SuppressWarnings("ArrayRecordComponent") // made once, and never compared
record Captured(
        long session,
        long number,
        long micros,
        String protocol,
        String kind,
        String operation,
        String namespace,
        List<String> keys,
        Status status,
        String failure,
        long latencyMicros,
        long requestSize,
        long responseSize,
        byte @Nullable [] request,
        byte @Nullable [] response) {
    /** Memory that one takes without what clients chose. */
    static final long BASE = 256;

    /** What came of a request. */
    enum Status {
        OK(0),
        ERROR(1),
        FAILURE(2),
        END(3);

        /** Of the raw format. */
        final int code;

        Status(int code) {
            this.code = code;
        }
    }

    /** Far beyond what is captured, and so small that sums of two do not overflow. */
    private static final long MOST = 1L << 53;

    /** @throws IllegalArgumentException if a number is none that a capture has */
    Captured {
        if ((session | number | micros | latencyMicros | requestSize | responseSize) < 0
                || Math.max(micros, Math.max(number, latencyMicros)) > MOST) {
            throw new IllegalArgumentException("a number that is too large, or negative");
        }
    }

    /** A session is over. */
    static Captured end(long session, long number, long micros, String protocol) {
        return new Captured(
                session, number, micros, protocol, "", "", "", List.of(), Status.END, "", 0, 0, 0, null, null);
    }

    /** The same request with what came of it. */
    Captured answered(Status outcome, String why, long latency, long size, byte @Nullable [] bytes) {
        return new Captured(
                session,
                number,
                micros,
                protocol,
                kind,
                operation,
                namespace,
                keys,
                outcome,
                why,
                latency,
                requestSize,
                size,
                request,
                bytes);
    }

    boolean isEnd() {
        return status == Status.END;
    }

    /** Whether what follows in the session may depend on the answer. */
    boolean changesSession() {
        return kind.equals("SESSION");
    }
}
