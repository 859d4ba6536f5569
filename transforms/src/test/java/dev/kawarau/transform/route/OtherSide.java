package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The end of a chain that one under test sends to as well. It answers by a function, or when the test says so. */
final class OtherSide implements Chain {
    private record Held(Message request, Promise promise) {}

    private final List<String> operations = new CopyOnWriteArrayList<>();
    private final List<Session> sessions = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private volatile @Nullable Function<Message, Reply> script;

    static OtherSide answering(Message response) {
        OtherSide side = new OtherSide();
        side.script = request -> Reply.of(response);
        return side;
    }

    static OtherSide by(Function<Message, Reply> script) {
        OtherSide side = new OtherSide();
        side.script = script;
        return side;
    }

    /** Answers what comes from now on. */
    void answersWith(Function<Message, Reply> answers) {
        script = answers;
    }

    static OtherSide holding() {
        return new OtherSide();
    }

    @Override
    public Reply send(Message request) {
        operations.add(request.query().operation());
        sessions.add(request.session());
        Function<Message, Reply> answer = script;
        if (answer != null) {
            return answer.apply(request);
        }
        Promise promise = new Promise();
        held.add(new Held(request, promise));
        return promise;
    }

    /** Answers the oldest request that is held. */
    void answer(Message response) throws InterruptedException {
        answer(request -> response);
    }

    /** Answers the oldest request that is held, with what is made of it on its event loop. */
    void answer(Function<Message, Message> response) throws InterruptedException {
        Held oldest = oldest();
        oldest.request.session().loop().execute(() -> oldest.promise.complete(response.apply(oldest.request)));
    }

    /** Answers so many requests, the oldest first. */
    void answerAll(int count, Message response) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            answer(response);
        }
    }

    /** Fails the oldest request that is held. */
    void fail(Throwable failure) throws InterruptedException {
        Held oldest = oldest();
        oldest.request.session().loop().execute(() -> oldest.promise.fail(failure));
    }

    private Held oldest() throws InterruptedException {
        Held oldest = held.poll(10, TimeUnit.SECONDS);
        if (oldest == null) {
            throw new AssertionError("nothing came to the other side");
        }
        return oldest;
    }

    List<String> operations() {
        return operations;
    }

    List<Session> sessions() {
        return sessions;
    }
}
