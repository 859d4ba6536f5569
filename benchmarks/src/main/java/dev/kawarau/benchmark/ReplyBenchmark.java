package dev.kawarau.benchmark;

import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link Reply} beside {@link CompletableFuture}, as a chain uses them: a sink makes one, each transform that cares adds
 * a stage, the listener adds the last, and then (or already before) the response comes. Both run the same callbacks,
 * different ones at each stage, since that is what a chain has. Run it with {@code -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ReplyBenchmark {
    private static final Message RESPONSE = RespMessage.of(RespValue.ok());
    private static final Message OTHER = RespMessage.of(RespValue.bulk("other"));

    /** When the response comes. */
    public enum Response {
        THERE,
        LATER
    }

    /** What each transform does with its reply. */
    public enum Stage {
        WHEN_DONE,
        MAP
    }

    @Param
    public Response response = Response.THERE;

    @Param
    public Stage stage = Stage.MAP;

    @Param({"0", "1", "3"})
    public int stages;

    private long clock;
    private long seen;

    @Benchmark
    public long reply() {
        Promise promise = response == Response.LATER ? new Promise() : null;
        Reply reply = promise == null ? Reply.of(RESPONSE) : promise;
        for (int i = 0; i < stages; i++) {
            reply = stage == Stage.MAP ? mapped(reply, i) : watched(reply, i, clock++);
        }
        reply.whenDone((message, failure) -> seen += message == null ? 0 : message.size());
        if (promise != null) {
            promise.complete(RESPONSE);
        }
        return seen;
    }

    private Reply mapped(Reply reply, int transform) {
        return switch (transform) {
            case 0 -> reply.map(message -> OTHER);
            case 1 -> reply.map(message -> RESPONSE);
            default -> reply.map(message -> message);
        };
    }

    private Reply watched(Reply reply, int transform, long start) {
        return switch (transform) {
            case 0 -> reply.whenDone((message, failure) -> seen += clock - start);
            case 1 -> reply.whenDone((message, failure) -> seen ^= clock - start);
            default -> reply.whenDone((message, failure) -> seen -= clock - start);
        };
    }

    @Benchmark
    public long completableFuture() {
        CompletableFuture<Message> promise =
                response == Response.LATER ? new CompletableFuture<>() : CompletableFuture.completedFuture(RESPONSE);
        CompletionStage<Message> reply = promise;
        for (int i = 0; i < stages; i++) {
            reply = stage == Stage.MAP ? mapped(reply, i) : watched(reply, i, clock++);
        }
        CompletionStage<Message> last =
                reply.whenComplete((message, failure) -> seen += message == null ? 0 : message.size());
        if (response == Response.LATER) {
            promise.complete(RESPONSE);
        }
        return last == reply ? 0 : seen;
    }

    private CompletionStage<Message> mapped(CompletionStage<Message> reply, int transform) {
        return switch (transform) {
            case 0 -> reply.thenApply(message -> OTHER);
            case 1 -> reply.thenApply(message -> RESPONSE);
            default -> reply.thenApply(message -> message);
        };
    }

    private CompletionStage<Message> watched(CompletionStage<Message> reply, int transform, long start) {
        return switch (transform) {
            case 0 -> reply.whenComplete((message, failure) -> seen += clock - start);
            case 1 -> reply.whenComplete((message, failure) -> seen ^= clock - start);
            default -> reply.whenComplete((message, failure) -> seen -= clock - start);
        };
    }
}
