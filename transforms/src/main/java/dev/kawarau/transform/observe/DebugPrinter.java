package dev.kawarau.transform.observe;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints each request, its response or failure, and what the database sends unasked, a line of words each. Works for every
 * protocol.
 *
 * <pre>{@code
 * session 7 request 1: READ GET in 0, key "order:1", 30 bytes
 * session 7 request 1: response of 9 bytes after 0.412 ms
 * session 7 request 2: WRITE INSERT in shop.orders, key "\x00\x00\x00\x2a", 81 bytes
 * session 7 request 2: failed after 10000.311 ms: TIMEOUT, nothing answered in time; may have been applied
 * }</pre>
 *
 * <p>It prints no values, neither of requests nor of responses, and so no passwords: what a request does, what on, how large
 * it is, how long it took. Errors of the database are told as such, without their words, which may quote values. Keys may
 * be left out, or shown in words of your own. All that clients chose is escaped, and lines are bounded.
 *
 * <p>Requests are numbered as they reach this object, over all sessions, so that responses find their requests whatever
 * their order.
 *
 * <p><b>Cost:</b> two lines for each request; it is for looking at a chain and not for all traffic, so put it into a
 * {@link Sampler} where there is much. While the logger is not enabled for INFO it costs next to nothing. <b>Failure:</b>
 * what throws while printing is logged, and the request goes on.
 */
public final class DebugPrinter implements Transform {
    private static final Logger log = LoggerFactory.getLogger(DebugPrinter.class);
    private static final int MOST_KEYS = 3;
    private static final int MOST_OF_A_NAME = 64;
    private static final int MOST_OF_WORDS = 200;

    private final @Nullable Consumer<? super String> lines;
    private final @Nullable Function<? super ByteBuf, String> keys;
    private final int mostOfALine;
    private final AtomicLong numbers = new AtomicLong();

    private DebugPrinter(Builder builder) {
        lines = builder.lines;
        keys = builder.keys;
        mostOfALine = builder.mostOfALine;
    }

    /** Prints to the logger of this class, at INFO. Event loops wait for its appenders: make slow ones asynchronous. */
    public static DebugPrinter create() {
        return builder().build();
    }

    /**
     * Prints to a place of yours.
     *
     * @param lines takes a line, without its end; called on event loops, on several at once, and must not block
     */
    public static DebugPrinter to(Consumer<? super String> lines) {
        return builder().to(lines).build();
    }

    /** Settings; the defaults are those of {@link #create()}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Reply handle(Message request, Chain next) {
        if (!isOn()) {
            return next.send(request);
        }
        Session session = request.session();
        long start = session.nanoTime();
        String place = "session " + session.id() + " request " + numbers.incrementAndGet() + ": ";
        print(() -> place + describe(request));
        return next.send(request)
                .whenDone((response, failure) ->
                        print(() -> place + outcome(response, failure, session.nanoTime() - start)));
    }

    @Override
    public Message onPush(Session session, Message push) {
        if (isOn()) {
            print(() -> "session " + session.id() + ": push of " + bytes(push));
        }
        return push;
    }

    private boolean isOn() {
        return lines != null || log.isInfoEnabled();
    }

    /** Nothing that goes wrong here is to harm the request. */
    private void print(Line line) {
        try {
            String text = Printable.cut(line.text(), mostOfALine);
            if (lines != null) {
                lines.accept(text);
            } else {
                log.info("{}", text);
            }
        } catch (RuntimeException thrown) {
            log.warn("a line could not be printed", thrown);
        }
    }

    private interface Line {
        CharSequence text();
    }

    private String describe(Message request) {
        Query query = request.query();
        StringBuilder text = new StringBuilder();
        text.append(query.kind()).append(' ').append(Printable.of(query.operation(), MOST_OF_A_NAME));
        if (query.statements() > 1) {
            text.append(" of ").append(query.statements()).append(" statements");
        }
        if (!query.namespace().isEmpty()) {
            text.append(" in ").append(Printable.of(query.namespace(), 2 * MOST_OF_A_NAME));
        }
        if (keys != null) {
            describe(text, query.keys(), keys);
        }
        return text.append(", ").append(bytes(request)).toString();
    }

    private static void describe(StringBuilder text, List<ByteBuf> keys, Function<? super ByteBuf, String> shown) {
        int some = Math.min(keys.size(), MOST_KEYS);
        for (int i = 0; i < some; i++) {
            text.append(i > 0 ? ", " : keys.size() == 1 ? ", key " : ", keys ");
            text.append('"').append(shown.apply(keys.get(i).duplicate())).append('"');
        }
        if (keys.size() > some) {
            text.append(" and ").append(keys.size() - some).append(" more");
        }
    }

    private static String outcome(@Nullable Message response, @Nullable Throwable failure, long tookNanos) {
        String after = " after " + millis(tookNanos);
        if (response != null) {
            return (response.isError() ? "error of " : "response of ") + bytes(response) + after;
        }
        if (failure instanceof Failure known) {
            return "failed" + after + ": " + known.kind() + ", "
                    + Printable.of(String.valueOf(known.getMessage()), MOST_OF_WORDS)
                    + (known.maybeApplied() ? "; may have been applied" : "");
        }
        // What a bug says may quote anything; the listener logs it.
        return "failed" + after + ": "
                + (failure == null ? "" : failure.getClass().getName());
    }

    /** With three digits behind the point, whatever the locale. */
    private static String millis(long nanos) {
        long micros = Math.max(0, nanos) / 1_000;
        String fraction = Long.toString(1_000 + micros % 1_000).substring(1);
        return micros / 1_000 + "." + fraction + " ms";
    }

    private static String bytes(Message message) {
        return message.size() == 1 ? "1 byte" : message.size() + " bytes";
    }

    @Override
    public String toString() {
        return "DebugPrinter";
    }

    /** What a DebugPrinter may be told. */
    public static final class Builder {
        private static final int MOST_OF_A_KEY = 64;
        private static final int LEAST_OF_A_LINE = 80;

        private @Nullable Consumer<? super String> lines;
        private @Nullable Function<? super ByteBuf, String> keys = key -> Printable.of(key, MOST_OF_A_KEY);
        private int mostOfALine = 500;

        private Builder() {}

        /** Prints to a place of yours: see {@link DebugPrinter#to}. */
        public Builder to(Consumer<? super String> lines) {
            this.lines = Objects.requireNonNull(lines, "lines");
            return this;
        }

        /** Prints no keys, where keys are secrets or personal data. By default the first three, 64 bytes of each. */
        public Builder noKeys() {
            keys = null;
            return this;
        }

        /**
         * How a key is printed, such as a hash of it or its first half. What it returns is escaped and shortened.
         *
         * @param keys called on event loops, on several at once, with a view that is valid during the call
         */
        public Builder keys(Function<? super ByteBuf, String> keys) {
            Objects.requireNonNull(keys, "keys");
            this.keys = key -> Printable.of(keys.apply(key), MOST_OF_A_KEY);
            return this;
        }

        /**
         * How long a line may be, in characters; the rest of a longer one is left out. 500 if not set.
         *
         * @throws IllegalArgumentException if it is less than 80
         */
        public Builder lineLength(int most) {
            if (most < LEAST_OF_A_LINE) {
                throw new IllegalArgumentException("a line of a DebugPrinter has room for at least " + LEAST_OF_A_LINE
                        + " characters, not " + most);
            }
            mostOfALine = most;
            return this;
        }

        /** The transform. */
        public DebugPrinter build() {
            return new DebugPrinter(this);
        }
    }
}
