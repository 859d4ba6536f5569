package dev.kawarau.testkit;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The end of a chain under test: it keeps every request that reaches it, and does with it what the script says. Until the
 * test says otherwise a request waits for the test to answer it by hand. It is not a database, so a test of what a
 * database does needs a real one. Thread-safe.
 */
public final class ScriptedSink implements Chain {
    private final HeldBuffers buffers;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final BlockingQueue<Arrival> unseen = new LinkedBlockingQueue<>();
    private volatile Consumer<Request> script = request -> {};

    private record Request(Message message, Arrival arrival, Promise promise) {}

    ScriptedSink(HeldBuffers buffers) {
        this.buffers = buffers;
    }

    /**
     * From now on every request gets this answer.
     *
     * @param response made by hand
     */
    public ScriptedSink answers(Message response) {
        Objects.requireNonNull(response, "response");
        return answers(request -> response);
    }

    /** From now on a function, called on the request's event loop, makes the answers. */
    public ScriptedSink answers(Function<? super Message, ? extends Message> responses) {
        script = request -> request.arrival().complete(responses.apply(request.message()));
        return this;
    }

    /** From now on every request fails. */
    public ScriptedSink fails(Throwable failure) {
        script = request -> request.promise().fail(failure);
        return this;
    }

    /** From now on every request waits until the test answers its {@link Arrival}; so it is in the beginning. */
    public ScriptedSink holds() {
        script = request -> {};
        return this;
    }

    /**
     * Waits for the next request that the test has not seen, in the order in which they came.
     *
     * @throws AssertionError if none comes within {@link ChainTester#PATIENCE}
     */
    public Arrival next() {
        try {
            Arrival arrival = unseen.poll(ChainTester.PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            if (arrival == null) {
                throw new AssertionError("no request reached the sink within " + ChainTester.PATIENCE);
            }
            return arrival;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a request", interrupted);
        }
    }

    /** All requests that have reached the sink so far, in the order in which they came. */
    public List<Arrival> arrivals() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    /** The operations of all requests that have reached the sink so far. */
    public List<String> operations() {
        return arrivals().stream().map(Arrival::operation).collect(Collectors.toList());
    }

    List<Arrival> unanswered() {
        return arrivals().stream().filter(Arrival::isForgotten).collect(Collectors.toList());
    }

    /** Whether the script is done with all that has arrived. */
    boolean isScripted() {
        return arrivals().stream().allMatch(Arrival::isScripted);
    }

    @Override
    public Reply send(Message message) {
        Promise promise = new Promise();
        Arrival arrival = new Arrival(message, promise, buffers);
        synchronized (arrivals) {
            arrivals.add(arrival);
            unseen.add(arrival);
        }
        try {
            script.accept(new Request(message, arrival, promise));
        } catch (RuntimeException thrown) {
            promise.fail(thrown);
        }
        arrival.scripted();
        return promise;
    }

    @Override
    public String toString() {
        return "ScriptedSink";
    }
}
