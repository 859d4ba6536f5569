package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.ProtocolConstants.WriteType;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import dev.kawarau.Failure;
import dev.kawarau.Query;
import org.jspecify.annotations.Nullable;

/**
 * What a failure is called in CQL (native protocol v5, section 8). A driver decides by the code whether it may send the
 * request again, so what may have been carried out must never look as if it had not.
 */
final class CqlErrors {
    private static final int MOST_WORDS = 4_000;

    private CqlErrors() {}

    static CqlMessage of(@Nullable CqlMessage request, RuntimeException failure) {
        String words = shortened(String.valueOf(failure.getMessage()));
        Message error =
                failure instanceof Failure known ? of(request, known, words) : new Error(ErrorCode.SERVER_ERROR, words);
        return CqlMessage.of(request, error);
    }

    /** What is said of a request may have much of it in it; a [string] has no room for all. */
    static String shortened(String words) {
        return words.length() <= MOST_WORDS ? words : words.substring(0, MOST_WORDS) + "...";
    }

    private static Message of(@Nullable CqlMessage request, Failure failure, String words) {
        return switch (failure.kind()) {
            case INVALID -> new Error(failure.maybeApplied() ? ErrorCode.SERVER_ERROR : ErrorCode.INVALID, words);
            case UNAUTHENTICATED -> new Error(ErrorCode.AUTH_ERROR, words);
            case DENIED -> new Error(ErrorCode.UNAUTHORIZED, words);
            case OVERLOADED -> new Error(ErrorCode.OVERLOADED, words);
            case UNSUPPORTED -> new Error(ErrorCode.INVALID, words);
            case TIMEOUT -> timeout(request, words);
            case UNAVAILABLE ->
                failure.maybeApplied() ? timeout(request, words) : new Unavailable(words, consistency(request), 1, 0);
        };
    }

    private static Message timeout(@Nullable CqlMessage request, String words) {
        return switch (kind(request)) {
            case READ -> new ReadTimeout(words, consistency(request), 0, 1, false);
            case WRITE, READ_WRITE -> new WriteTimeout(words, consistency(request), 0, 1, WriteType.SIMPLE);
            default -> new Error(ErrorCode.SERVER_ERROR, words);
        };
    }

    private static Query.Kind kind(@Nullable CqlMessage request) {
        try {
            return request == null ? Query.Kind.OTHER : request.query().kind();
        } catch (Failure malformed) {
            return Query.Kind.OTHER;
        }
    }

    private static int consistency(@Nullable CqlMessage request) {
        try {
            Integer given = request == null ? null : request.consistencyCode();
            return given == null ? ConsistencyLevel.ONE : given;
        } catch (Failure malformed) {
            return ConsistencyLevel.ONE;
        }
    }
}
