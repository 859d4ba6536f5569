package dev.kawarau.testkit;

import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A request that reached a {@link ScriptedSink}: a copy of what it was, and the means to answer it. Thread-safe. */
public final class Arrival {
    private final Message request;
    private final Promise promise;
    private final HeldBuffers buffers;
    private final Query.Kind kind;
    private final String operation;
    private final String text;
    private volatile boolean answered;
    private volatile boolean scripted;
    private volatile boolean taken;

    /** On the request's event loop. */
    Arrival(Message request, Promise promise, HeldBuffers buffers) {
        this.request = request;
        this.promise = promise;
        this.buffers = buffers;
        this.kind = request.query().kind();
        this.operation = request.query().operation();
        ByteBuf bytes = request.bytes();
        this.text = bytes.toString(StandardCharsets.ISO_8859_1);
        buffers.watch(toString(), bytes);
        // Whoever completes it, a script or the test.
        promise.whenDone((response, failure) -> answered = true);
    }

    /** What the request does. */
    public Query.Kind kind() {
        return kind;
    }

    /** The operation, such as {@code GET}. */
    public String operation() {
        return operation;
    }

    /** The request's wire bytes. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The request's wire bytes, one character for each. */
    public String text() {
        return text;
    }

    /** Whether it has an answer. */
    public boolean isAnswered() {
        return answered;
    }

    /** Answers it, on its event loop. An answer to what was answered changes nothing. */
    public void answer(Message response) {
        taken = true;
        request.session().loop().execute(() -> complete(response));
    }

    /** Fails it, on its event loop. */
    public void fail(Throwable failure) {
        taken = true;
        request.session().loop().execute(() -> promise.fail(failure));
    }

    /** The script is done with it; what that has not answered the test has to. */
    void scripted() {
        scripted = true;
    }

    boolean isScripted() {
        return scripted;
    }

    /** Whether nobody has answered it, or is about to. */
    boolean isForgotten() {
        return !taken && !answered;
    }

    /** On the request's event loop. */
    void complete(Message response) {
        if (response.hasSession()) {
            buffers.watch("the response to " + this, response.bytes());
        }
        promise.complete(response);
    }

    @Override
    public String toString() {
        return operation + " " + TestClient.visible(text);
    }
}
