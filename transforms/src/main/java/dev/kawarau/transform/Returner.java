package dev.kawarau.transform;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import java.util.Objects;
import java.util.function.Function;

/**
 * Answers every request itself; what stands behind it in the chain is never called.
 *
 * <pre>{@code
 * Chain down = Chain.named("down")
 *         .then(Returner.failing("back at 14:00 UTC"))
 *         .to(NullSink.create());
 * listener.serve(down);
 * }</pre>
 */
public final class Returner implements Transform {
    private final Function<? super Message, Reply> answers;
    private final String text;

    private Returner(Function<? super Message, Reply> answers, String text) {
        this.answers = answers;
        this.text = text;
    }

    /**
     * Gives the same answer to every request.
     *
     * @param response made by hand, since it outlives every exchange
     * @throws IllegalArgumentException if the response belongs to an exchange
     */
    public static Returner answer(Message response) {
        if (response.hasSession()) {
            throw new IllegalArgumentException(
                    "Returner.answer needs a message made by hand: " + response + " ends with its exchange");
        }
        Reply reply = Reply.of(response);
        return new Returner(request -> reply, "Returner.answer(" + response + ")");
    }

    /**
     * Gives each request the answer that a function makes of it. The function is called on the request's event loop, on
     * several loops at once, and may throw, which is an internal error for the client unless it throws a
     * {@link Failure}.
     */
    public static Returner answering(Function<? super Message, ? extends Message> responder) {
        Objects.requireNonNull(responder, "responder");
        return new Returner(request -> Reply.of(responder.apply(request)), "Returner.answering");
    }

    /**
     * Refuses every request with the protocol's error for {@link Failure.Kind#INVALID}.
     *
     * @param words one line, for the client to read
     */
    public static Returner failing(String words) {
        Reply reply = Reply.failed(new Failure(Failure.Kind.INVALID, words));
        return new Returner(request -> reply, "Returner.failing(\"" + words + "\")");
    }

    @Override
    public Reply handle(Message request, Chain next) {
        return answers.apply(request);
    }

    @Override
    public String toString() {
        return text;
    }
}
