package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListenerSwapTest {
    private final Held oldSink = new Held();
    private final Held newSink = new Held();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Chain oldChain = Chain.named("orders").metrics(meters).to(oldSink);
    private final Chain newChain = Chain.named("orders").metrics(meters).to(newSink);

    @Test
    void aRequestFinishesOnTheChainThatItStartedOn() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(oldChain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nGET 2\n");
            Held.Request first = oldSink.next();
            Held.Request second = oldSink.next();

            CompletableFuture<Chain> left = listener.serve(newChain).toCompletableFuture();
            client.send("GET 3\n");
            Held.Request third = newSink.next();
            third.answer("c");
            first.answer("a");
            client.expect("a\n");
            first.message().session().loop().submit(() -> {}).sync();
            assertThat(left).isNotDone();
            second.answer("b");

            client.expect("b\nc\n");
            assertThat(left).succeedsWithin(Duration.ofSeconds(20)).isSameAs(oldChain);
        }
    }

    @Test
    void anUnusedChainIsLeftAtOnce() {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(oldChain);
                LineClient idle = LineClient.of(listener)) {
            await().until(() -> listener.connections() == 1);

            assertThat(listener.serve(newChain))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isSameAs(oldChain);
            assertThat(idle.hasEnded()).isFalse();
        }
    }

    @Test
    void aChainIsNotLeftWhileARequestOfAClientThatHasGoneIsUnderWay() throws Exception {
        try (Listener listener = LineListener.on("local:departed").serve(oldChain)) {
            Held.Request goneBefore;
            Held.Request goneAfter;
            CompletableFuture<Chain> left;
            try (LineClient staying = LineClient.of(listener)) {
                try (LineClient leaving = LineClient.of(listener)) {
                    leaving.send("GET 1\n");
                    goneBefore = oldSink.next();
                }
                staying.send("GET 2\n");
                goneAfter = oldSink.next();
                await().until(() -> listener.connections() == 1);
                left = listener.serve(newChain).toCompletableFuture();
            }
            await().until(() -> listener.connections() == 0);
            goneAfter.answer("b");
            goneBefore.message().session().loop().submit(() -> {}).sync();
            goneAfter.message().session().loop().submit(() -> {}).sync();
            assertThat(left).isNotDone();

            goneBefore.answer("a");
            assertThat(left).succeedsWithin(Duration.ofSeconds(20)).isSameAs(oldChain);
            assertThat(listener.serve(oldChain)).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void chainsThatAreSwappedTwiceAreEachLeftInTheirTurn() throws Exception {
        Held newest = new Held();
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(oldChain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = oldSink.next();
            CompletableFuture<Chain> firstLeft = listener.serve(newChain).toCompletableFuture();
            client.send("GET 2\n");
            Held.Request second = newSink.next();
            CompletableFuture<Chain> secondLeft = listener.serve(newest).toCompletableFuture();
            client.send("GET 3\n");
            newest.next().answer("c");

            second.message().session().loop().submit(() -> {}).sync();
            assertThat(secondLeft).isNotDone();
            first.answer("a");
            client.expect("a\n");
            assertThat(firstLeft).succeedsWithin(Duration.ofSeconds(20)).isSameAs(oldChain);
            assertThat(secondLeft).isNotDone();
            second.answer("b");

            client.expect("b\nc\n");
            assertThat(secondLeft).succeedsWithin(Duration.ofSeconds(20)).isSameAs(newChain);
        }
    }

    @Test
    void theChainThatTakesAnothersPlaceGoesOnWithItsMetrics() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(oldChain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            oldSink.next().answer("a");
            client.expect("a\n");
            listener.serve(newChain)
                    .thenAccept(Chain::close)
                    .toCompletableFuture()
                    .join();
            client.send("GET 2\n");
            newSink.next().answer("b");
            client.expect("b\n");

            assertThat(meters.get("kawarau.requests")
                            .tag("transform", "")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
        newChain.close();
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void aChainOfAnotherProtocolIsRefusedAndTheOldOneServesOn() throws Exception {
        Chain foreign = new Chain() {
            @Override
            public Reply send(Message request) {
                return Reply.failed(new IllegalStateException());
            }

            @Override
            public String protocol() {
                return "CQL";
            }

            @Override
            public String toString() {
                return "a CQL sink";
            }
        };
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(oldChain);
                LineClient client = LineClient.of(listener)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> listener.serve(foreign))
                    .withMessage("LineListener cannot serve a CQL sink: it speaks CQL");

            client.send("GET 1\n");
            oldSink.next().answer("a");
            client.expect("a\n");
        }
    }

    @Test
    void swapsUnderLoadLoseNothing() {
        AtomicInteger onOne = new AtomicInteger();
        AtomicInteger onTwo = new AtomicInteger();
        Chain one = Chain.named("one").metrics(meters).to(answering(onOne));
        Chain two = Chain.named("two").metrics(meters).to(answering(onTwo));
        int rounds = 200;
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(one);
                LineClient client = LineClient.of(listener)) {
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < rounds; i++) {
                client.send("GET " + i + "\n");
                expected.append("GET ").append(i).append('\n');
                listener.serve(i % 2 == 0 ? two : one);
            }
            client.expect(expected.toString());
        }
        assertThat(onOne.get() + onTwo.get()).isEqualTo(rounds);
    }

    /** Answers a little later, so that swaps find requests under way. */
    private static Chain answering(AtomicInteger count) {
        return request -> {
            count.incrementAndGet();
            Promise promise = new Promise();
            request.session()
                    .loop()
                    .execute(() -> promise.complete(LineMessage.response(request, ((LineMessage) request).text())));
            return promise;
        };
    }
}
