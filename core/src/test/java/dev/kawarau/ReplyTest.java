package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReplyTest {
    private final LineMessage one = LineMessage.byHand("one");
    private final LineMessage two = LineMessage.byHand("two");
    private final IllegalStateException broken = new IllegalStateException("broken");

    @Test
    void aCompleteReplyIsThereAtOnce() {
        Reply reply = Reply.of(one);

        assertThat(reply.isDone()).isTrue();
        assertThat(reply.message()).isSameAs(one);
        assertThat(reply.failure()).isNull();
    }

    @Test
    void aFailedReplyIsThereAtOnce() {
        Reply reply = Reply.failed(broken);

        assertThat(reply.isDone()).isTrue();
        assertThat(reply.message()).isNull();
        assertThat(reply.failure()).isSameAs(broken);
    }

    @Test
    void aReplyCompletesOnceAndLaterCompletionsChangeNothing() {
        Promise promise = new Promise();
        List<String> seen = new ArrayList<>();
        promise.whenDone((response, failure) -> seen.add(response + " " + failure));

        assertThat(promise.isDone()).isFalse();
        assertThat(promise.complete(one)).isTrue();
        assertThat(promise.complete(two)).isFalse();
        assertThat(promise.fail(broken)).isFalse();

        assertThat(promise.message()).isSameAs(one);
        assertThat(seen).containsExactly("one null");
    }

    @Test
    void observersAreToldInTheOrderInWhichTheyAsked() {
        Promise promise = new Promise();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            promise.whenDone((response, failure) -> order.add(number));
        }

        promise.complete(one);
        promise.whenDone((response, failure) -> order.add(5));

        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void anObserverIsToldBeforeTheReplyGoesFurtherUp() {
        Promise promise = new Promise();
        List<String> order = new ArrayList<>();
        promise.whenDone((response, failure) -> order.add("inner"))
                .map(response -> two)
                .whenDone((response, failure) -> order.add("outer " + response));

        promise.complete(one);

        assertThat(order).containsExactly("inner", "outer two");
    }

    @Test
    void anObserverThatThrowsChangesNothing() {
        Promise promise = new Promise();
        List<String> seen = new ArrayList<>();
        promise.whenDone((response, failure) -> {
            throw broken;
        });
        promise.whenDone((response, failure) -> seen.add("told"));

        promise.complete(one);

        assertThat(seen).containsExactly("told");
        assertThat(promise.message()).isSameAs(one);
    }

    @Test
    void mapChangesTheMessageNowOrLater() {
        Promise promise = new Promise();
        Reply later = promise.map(response -> two);
        assertThat(later.isDone()).isFalse();
        promise.complete(one);

        assertThat(later.message()).isSameAs(two);
        assertThat(Reply.of(one).map(response -> two).message()).isSameAs(two);
    }

    @Test
    void mapLeavesAFailureAlone() {
        Promise promise = new Promise();
        Reply later = promise.map(response -> two);
        promise.fail(broken);

        assertThat(later.failure()).isSameAs(broken);
        assertThat(Reply.failed(broken).map(response -> two).failure()).isSameAs(broken);
    }

    @Test
    void aMapperThatThrowsMakesAFailedReply() {
        Promise promise = new Promise();
        Reply mapped = promise.map(response -> {
            throw broken;
        });
        Reply flatMapped = promise.flatMap(response -> {
            throw broken;
        });
        promise.complete(one);

        assertThat(mapped.failure()).isSameAs(broken);
        assertThat(flatMapped.failure()).isSameAs(broken);
    }

    @Test
    void aMapperThatReturnsNullMakesAFailedReply() {
        assertThat(Reply.of(one).map(response -> null).failure()).isInstanceOf(NullPointerException.class);
        assertThat(Reply.of(one).flatMap(response -> null).failure()).isInstanceOf(NullPointerException.class);
        assertThat(Reply.failed(broken).recover(failure -> null).failure()).isInstanceOf(NullPointerException.class);
    }

    @Test
    void flatMapGoesOnWithAnotherReply() {
        Promise first = new Promise();
        Promise second = new Promise();
        Reply both = first.flatMap(response -> second);

        first.complete(one);
        assertThat(both.isDone()).isFalse();
        second.complete(two);

        assertThat(both.message()).isSameAs(two);
    }

    @Test
    void flatMapFailsIfEitherDoes() {
        assertThat(Reply.of(one).flatMap(response -> Reply.failed(broken)).failure())
                .isSameAs(broken);
        assertThat(Reply.failed(broken).flatMap(response -> Reply.of(two)).failure())
                .isSameAs(broken);
    }

    @Test
    void recoverReplacesAFailureAndLeavesAMessageAlone() {
        Promise promise = new Promise();
        Reply recovered = promise.recover(failure -> Reply.of(two));
        promise.fail(broken);

        assertThat(recovered.message()).isSameAs(two);
        assertThat(Reply.of(one).recover(failure -> Reply.of(two)).message()).isSameAs(one);
    }

    @Test
    void recoverThatThrowsFails() {
        IllegalArgumentException worse = new IllegalArgumentException("worse");
        Reply recovered = Reply.failed(broken).recover(failure -> {
            throw worse;
        });

        assertThat(recovered.failure()).isSameAs(worse);
    }

    @Test
    void nullIsNoResult() {
        assertThatNullPointerException().isThrownBy(() -> Reply.of(null));
        assertThatNullPointerException().isThrownBy(() -> Reply.failed(null));
        assertThatNullPointerException().isThrownBy(() -> new Promise().complete(null));
        assertThatNullPointerException().isThrownBy(() -> new Promise().fail(null));
    }

    @Test
    @Timeout(20)
    void aReplyIsAStageForOtherThreads() throws Exception {
        Promise promise = new Promise();
        CompletableFuture<Message> stage = promise.toCompletionStage().toCompletableFuture();
        assertThat(stage).isNotDone();

        promise.complete(one);

        assertThat(stage.get()).isSameAs(one);
    }

    @Test
    void aFailureFailsTheStage() {
        assertThat(Reply.failed(broken).toCompletionStage())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCause(broken);
    }

    @Test
    void aStageCompletesAReplyOnTheSessionsEventLoop() {
        CompletableFuture<Message> stage = new CompletableFuture<>();
        List<String> threads = new ArrayList<>();
        Chain chain = Chain.named("stage").to(request -> {
            Thread loop = Thread.currentThread();
            return Reply.from(request.session(), stage)
                    .whenDone((response, failure) -> threads.add(loop == Thread.currentThread() ? "loop" : "other"));
        });

        try (Listener listener = LineListener.on("local:reply").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n");
            stage.complete(one);
            client.expect("one\n");
        }

        assertThat(threads).containsExactly("loop");
    }

    @Test
    void aStageThatFailsFailsTheReplyWithItsOwnCause() {
        CompletableFuture<Message> stage = new CompletableFuture<>();
        Chain chain =
                Chain.named("stage").to(request -> Reply.from(request.session(), stage.thenApply(message -> message)));

        try (Listener listener = LineListener.on("local:reply").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n");
            stage.completeExceptionally(new Failure(Failure.Kind.OVERLOADED, "not now"));
            client.expect("!OVERLOADED not now\n");
        }
    }

    @Test
    void aStageThatIsCancelledOrHasNothingIsAnInternalError() {
        CompletableFuture<Message> cancelled = new CompletableFuture<>();
        cancelled.completeExceptionally(new CancellationException());
        CompletableFuture<Message> empty = CompletableFuture.completedFuture(null);
        Chain chain = Chain.named("stage")
                .to(request -> Reply.from(
                        request.session(), request.query().operation().equals("GET") ? cancelled : empty));

        try (Listener listener = LineListener.on("local:reply").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nSET a b\n")
                    .expect("!INVALID internal error, see the log of the proxy\n")
                    .expect("!INVALID internal error, see the log of the proxy\n");
        }
    }
}
