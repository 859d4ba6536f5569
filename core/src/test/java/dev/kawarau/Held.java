package dev.kawarau;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The end of a chain at which requests wait until the test answers them. */
final class Held implements Chain {
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>();

    /** A request that waits, and the means to answer it from the test's thread. */
    record Request(LineMessage message, Promise promise, String text) {
        /** With pooled memory, so that a leak of it shows. */
        void answer(String response) {
            message.session().loop().execute(() -> promise.complete(LineMessage.response(message, response)));
        }

        void fail(Throwable failure) {
            message.session().loop().execute(() -> promise.fail(failure));
        }
    }

    /** The next request, when it is there. */
    Request next() throws InterruptedException {
        Request request = waiting.poll(20, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came");
        }
        return request;
    }

    /** What has come so far. */
    List<String> texts() {
        return texts;
    }

    @Override
    public Reply send(Message message) {
        LineMessage line = (LineMessage) message;
        Request request = new Request(line, new Promise(), line.text());
        texts.add(request.text());
        waiting.add(request);
        return request.promise();
    }

    @Override
    public String toString() {
        return "Held";
    }

    /** A chain of no transforms that answers each line with itself, in pooled memory. */
    static Chain echo() {
        return Chain.named("echo")
                .to(request -> Reply.of(LineMessage.response(request, ((LineMessage) request).text())));
    }
}
