package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of what a {@link Forward} took, and who is told of it. Thread-safe. */
final class ForwardCounts {
    private static final Logger log = LoggerFactory.getLogger(Forward.class);

    /** What may come of a request. */
    enum Outcome {
        /** It was carried out. */
        DONE,
        /** The database answered with an error. */
        ERROR,
        /** There is no answer. */
        FAILED,
        /** It was never sent, although it was answered. */
        DROPPED,
        /** It was neither answered as done nor sent. */
        REFUSED
    }

    private final Forward.FailureListener listener;
    private final RareWarnings warnings = new RareWarnings(log);
    private final SharedMeters meters = new SharedMeters();
    private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
    private final LongAdder delayed = meters.counter(
            "kawarau.forward.delayed", "requests that waited for room in a Forward, or for what was forwarded before");

    ForwardCounts(RequestBuffer buffer, Forward.FailureListener listener) {
        this.listener = listener;
        for (Outcome outcome : Outcome.values()) {
            Tags tags = Tags.of("outcome", outcome.name().toLowerCase(Locale.ROOT));
            outcomes.put(outcome, meters.counter("kawarau.forward", "what came of forwarded requests", tags));
        }
        meters.gauge(
                "kawarau.forward.buffered", "forwarded requests without an outcome", Tags.empty(), buffer::requests);
        meters.gauge("kawarau.forward.bytes", "bytes of these", Tags.empty(), buffer::bytes);
    }

    void show(TransformContext context) {
        meters.show(context);
    }

    void delayed() {
        delayed.increment();
    }

    void count(Outcome outcome) {
        Objects.requireNonNull(outcomes.get(outcome)).increment();
    }

    /** A request was answered as if it was done, and was not. */
    void lost(Outcome outcome, Message request, @Nullable Message response, @Nullable Throwable failure) {
        count(outcome);
        warnings.warn(
                request.session(),
                () -> name(request) + " was answered and not carried out: "
                        + (failure == null ? "the database answered with an error" : words(failure)));
        try {
            listener.failed(request, response, failure);
        } catch (RuntimeException thrown) {
            log.warn("whoever is told what a Forward lost threw", thrown);
        }
    }

    /** Without data: whoever knows a key can tell which one it was. */
    private static String name(Message request) {
        List<ByteBuf> keys = request.query().keys();
        String key = keys.isEmpty() ? "without a key" : String.format("#%016x", TeeSampling.hash(keys.get(0)));
        return request.query().operation() + ' ' + key;
    }

    private static String words(Throwable failure) {
        return failure instanceof Failure
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName();
    }
}
