package dev.kawarau;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One response, now or later: a future with a single completion that is confined to its session's event loop.
 *
 * <p>What holds for every reply:
 *
 * <ol>
 *   <li>Every request gets exactly one reply, and a reply completes exactly once: with a message or with a failure.
 *   <li>Replies leave in request order where the protocol orders them (RESP), and as they come where it does not (CQL
 *       streams).
 *   <li>The reply to a request that a transform introduces goes to that transform alone.
 *   <li>A failure becomes a native error of the protocol: never a hung client, and never a closed socket.
 * </ol>
 *
 * <p><b>Threads:</b> a reply is made, completed and listened to on its session's event loop, so it needs no locks.
 * {@link #from} and {@link #toCompletionStage} are the ways in from other threads and out to them.
 */
public class Reply {
    private static final Logger log = LoggerFactory.getLogger(Reply.class);

    private @Nullable Message message;
    private @Nullable Throwable failure;
    // Most replies have one or two listeners; a second field fits the object's size, a list would not.
    private @Nullable Completion first;
    private @Nullable Completion second;
    private @Nullable List<Completion> others;

    Reply() {}

    /** A reply that is there already. */
    public static Reply of(Message message) {
        Reply reply = new Reply();
        reply.message = Objects.requireNonNull(message, "message");
        return reply;
    }

    /**
     * A reply that failed already. The client gets a native error: for a {@link Failure} its kind and words, for any
     * other throwable an internal error whose details go to the log.
     */
    public static Reply failed(Throwable failure) {
        Reply reply = new Reply();
        reply.failure = Objects.requireNonNull(failure, "failure");
        return reply;
    }

    /** A reply that completes, on the session's event loop, when a stage does; the stage may complete on any thread. */
    public static Reply from(Session session, CompletionStage<? extends Message> stage) {
        Promise promise = new Promise();
        stage.whenComplete((message, failure) -> session.loop().execute(() -> {
            if (failure != null) {
                promise.fail(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            } else if (message == null) {
                promise.fail(new NullPointerException("the stage completed with null instead of a message"));
            } else {
                promise.complete(message);
            }
        }));
        return promise;
    }

    /** Whether the message or the failure is there. */
    public final boolean isDone() {
        return message != null || failure != null;
    }

    /** The message if it is there; null while pending, and after a failure. */
    public final @Nullable Message message() {
        return message;
    }

    /** The failure if there is one; null while pending, and after a message. */
    public final @Nullable Throwable failure() {
        return failure;
    }

    /** A reply with this one's message changed. A mapper that throws makes a failed reply. */
    public final Reply map(Function<? super Message, ? extends Message> mapper) {
        if (failure != null) {
            return this;
        }
        if (message != null) {
            // One object for both ways out: measured, it takes half the time of one for each.
            Reply mapped = new Reply();
            try {
                mapped.message = Objects.requireNonNull(mapper.apply(message), "the mapper returned null");
            } catch (Throwable thrown) {
                mapped.failure = thrown;
            }
            return mapped;
        }
        Promise mapped = new Promise();
        deliver((response, cause) -> {
            if (response == null) {
                mapped.settle(null, cause);
                return;
            }
            try {
                mapped.complete(mapper.apply(response));
            } catch (Throwable thrown) {
                mapped.fail(thrown);
            }
        });
        return mapped;
    }

    /** A reply that goes on with another one, such as a second request. A mapper that throws makes a failed reply. */
    public final Reply flatMap(Function<? super Message, ? extends Reply> mapper) {
        if (failure != null) {
            return this;
        }
        if (message != null) {
            return attempt(mapper, message);
        }
        Promise mapped = new Promise();
        deliver((response, cause) -> {
            if (response == null) {
                mapped.settle(null, cause);
            } else {
                continueWith(mapped, mapper, response);
            }
        });
        return mapped;
    }

    /** A reply that goes on with another one if this one fails, such as a second try. */
    public final Reply recover(Function<? super Throwable, ? extends Reply> mapper) {
        if (message != null) {
            return this;
        }
        if (failure != null) {
            return attempt(mapper, failure);
        }
        Promise recovered = new Promise();
        deliver((response, cause) -> {
            if (cause == null) {
                recovered.settle(response, null);
            } else {
                continueWith(recovered, mapper, cause);
            }
        });
        return recovered;
    }

    private static <T> Reply attempt(Function<? super T, ? extends Reply> mapper, T value) {
        try {
            return Objects.requireNonNull(mapper.apply(value), "the mapper returned null, not a reply");
        } catch (Throwable thrown) {
            return failed(thrown);
        }
    }

    private static <T> void continueWith(Promise promise, Function<? super T, ? extends Reply> mapper, T value) {
        try {
            mapper.apply(value).deliver(promise::settle);
        } catch (Throwable thrown) {
            promise.fail(thrown);
        }
    }

    /**
     * Tells an observer, before the reply goes further up the chain. Exactly one of its arguments is not null. An
     * observer that throws is logged and changes nothing.
     *
     * @return this
     */
    public final Reply whenDone(BiConsumer<? super @Nullable Message, ? super @Nullable Throwable> observer) {
        if (isDone()) {
            tell(observer, message, failure);
        } else {
            deliver((response, cause) -> tell(observer, response, cause));
        }
        return this;
    }

    private static void tell(
            BiConsumer<? super @Nullable Message, ? super @Nullable Throwable> observer,
            @Nullable Message response,
            @Nullable Throwable cause) {
        try {
            observer.accept(response, cause);
        } catch (Throwable thrown) {
            log.warn("an observer of a reply threw", thrown);
        }
    }

    /**
     * The same result for code on other threads. The message is retained for the stage: whoever takes it from there
     * calls {@link Message#release()} when done with it.
     */
    public final CompletionStage<Message> toCompletionStage() {
        CompletableFuture<Message> future = new CompletableFuture<>();
        deliver((response, cause) -> {
            if (response != null) {
                future.complete(response.retain());
            } else {
                future.completeExceptionally(Objects.requireNonNull(cause));
            }
        });
        return future;
    }

    /** Calls back at once if the result is there, else when it comes; in the order of the calls. */
    final void deliver(Completion completion) {
        if (isDone()) {
            completion.done(message, failure);
        } else if (first == null) {
            first = completion;
        } else if (second == null) {
            second = completion;
        } else {
            if (others == null) {
                others = new ArrayList<>(2);
            }
            others.add(completion);
        }
    }

    final boolean settle(@Nullable Message result, @Nullable Throwable cause) {
        if (isDone()) {
            return false;
        }
        message = result;
        failure = cause;
        if (first != null) {
            first.done(result, cause);
        }
        if (second != null) {
            second.done(result, cause);
        }
        if (others != null) {
            for (Completion other : others) {
                other.done(result, cause);
            }
        }
        return true;
    }
}
