package dev.kawarau.sink.redis.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One request of a client, and what became of it. */
final class Request {
    enum Outcome {
        /** Nothing is known as yet. */
        PENDING,
        /** The client has the server's reply, or the proxy's own where the proxy may answer. */
        ANSWERED,
        /** The client was told that it may have been applied. */
        MAYBE,
        /** The client was told that it had no effect. */
        WITHOUT_EFFECT
    }

    /** A group of requests from MULTI to its end. */
    static final class Transaction {
        final List<Request> commands = new ArrayList<>();
        final List<Request> queued = new ArrayList<>();
        final Request begin;
        boolean ended;

        Transaction(Request multi) {
            this.begin = multi;
        }
    }

    final List<String> arguments;
    final String text;
    final String name;

    /** Whether no other request has the same words. */
    final boolean unique;

    final ClientSession session;
    final @Nullable Transaction transaction;

    /** How much the server had done when the client sent this. */
    final int mark;

    final boolean wantsReply;
    Outcome outcome = Outcome.PENDING;

    /** Whether the reply is an error of the server. */
    boolean refused;

    Request(
            List<String> arguments,
            boolean unique,
            ClientSession session,
            @Nullable Transaction transaction,
            int mark,
            boolean wantsReply) {
        this.arguments = arguments;
        this.text = String.join(" ", arguments);
        this.name = arguments.get(0).toUpperCase(Locale.ROOT);
        this.unique = unique;
        this.session = session;
        this.transaction = transaction;
        this.mark = mark;
        this.wantsReply = wantsReply;
    }

    boolean is(String... words) {
        for (int i = 0; i < words.length; i++) {
            if (i >= arguments.size() || !arguments.get(i).equalsIgnoreCase(words[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text.length() > 120 ? text.substring(0, 120) + "..." : text;
    }
}
