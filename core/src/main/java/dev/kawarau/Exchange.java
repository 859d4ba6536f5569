package dev.kawarau;

import dev.kawarau.wire.LoopClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request and its response, in the queue of the connection that the request came by. Confined to one event loop. */
final class Exchange implements Completion {
    private final Session session;
    private final @Nullable Message request;
    private @Nullable Message response;
    private @Nullable Message owned;
    private @Nullable List<Message> alsoOwned;
    private @Nullable List<Message> pushes;
    private long pushedBytes;
    private boolean ended;

    // The rest belongs to the connection that queues the exchange.
    @Nullable
    ClientConnection connection;

    @Nullable
    Exchange next;

    @Nullable
    Exchange previous;

    @Nullable
    Serving serving;

    ChainStats.@Nullable Local stats;
    long startNanos;
    boolean answered;

    Exchange(Session session, @Nullable Message request) {
        this.session = session;
        this.request = request;
    }

    Session session() {
        return session;
    }

    LoopClock clock() {
        return session instanceof ClientSession client ? client.connection().clock() : LoopClock.of(session.loop());
    }

    @Nullable
    Message request() {
        return request;
    }

    @Nullable
    Message response() {
        return response;
    }

    /** Takes over the one reference that a new message was made with. */
    void own(Message message) {
        if (ended) {
            // An answer to a copy that outlived its exchange: alive for the callbacks that run now, and no longer.
            session.loop().execute(message::release);
        } else if (owned == null) {
            owned = message;
        } else {
            if (alsoOwned == null) {
                alsoOwned = new ArrayList<>(4);
            }
            alsoOwned.add(message);
        }
    }

    void answer(Message message) {
        response = message;
        answered = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Holds a pushed message back until this exchange's response, which it came after, has been written. */
    void pushAfter(Message push) {
        if (pushes == null) {
            pushes = new ArrayList<>(4);
        }
        pushes.add(push);
        pushedBytes += push.size();
    }

    /** Bytes of what is held back until this exchange's response has been written. */
    long pushedBytes() {
        return pushedBytes;
    }

    /** Gives up the memory of a pushed message. One that belongs to a request's exchange ends with that. */
    static void endPush(Message push) {
        Exchange exchange = push.exchangeOrNull();
        if (exchange != null && exchange.request == push) {
            exchange.end();
        }
    }

    @Nullable
    List<Message> pushes() {
        return pushes;
    }

    @Override
    public void done(@Nullable Message message, @Nullable Throwable failure) {
        if (connection != null) {
            connection.completed(this, message, failure);
        }
    }

    void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (request != null) {
            request.release();
        }
        if (owned != null) {
            owned.release();
            owned = null;
        }
        if (alsoOwned != null) {
            alsoOwned.forEach(Message::release);
            alsoOwned = null;
        }
        if (pushes != null) {
            // Those that were written have ended already; the rest found the connection gone.
            pushes.forEach(Exchange::endPush);
            pushes = null;
        }
        response = null;
    }
}
